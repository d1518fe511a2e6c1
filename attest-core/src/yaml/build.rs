//! Putting a tree together from what a reader meets, with the rules that hold for JSON and YAML alike: depth, keys that
//! are scalars, keys that are unique, no merge keys.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Error, ErrorKind, Limits, Node, Position, Value};

/// Up to so many keys of a map are compared one by one, which is faster than any table.
const FEW: usize = 16;

enum Open<'a> {
    Seq {
        at: Position,
        /// Where its items start in the builder's.
        from: usize,
    },
    Map {
        at: Position,
        /// Where its entries start in the builder's.
        from: usize,
        /// Every key, where there are more than a few.
        seen: Option<HashMap<Cow<'a, str>, Position>>,
        key: Option<Node<'a>>,
    },
}

/// Collects scalars, starts and ends into one [`Node`].
///
/// What belongs to the open sequences and maps stands in one list each, the innermost last. So each ends as one piece of
/// memory of just its size, and none is moved as it grows.
pub(super) struct Builder<'a> {
    limits: Limits,
    values: usize,
    open: Vec<Open<'a>>,
    items: Vec<Node<'a>>,
    entries: Vec<(Node<'a>, Node<'a>)>,
    root: Option<Node<'a>>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            values: 0,
            open: Vec::new(),
            // A usual receipt fits.
            items: Vec::with_capacity(16),
            entries: Vec::with_capacity(64),
            root: None,
        }
    }

    pub(super) fn scalar(
        &mut self,
        text: Cow<'a, str>,
        plain: bool,
        at: Position,
    ) -> Result<(), Error> {
        self.put(Node {
            value: Value::Scalar { text, plain },
            at,
        })
    }

    pub(super) fn start_seq(&mut self, at: Position) -> Result<(), Error> {
        let from = self.items.len();
        self.start(Open::Seq { at, from }, at)
    }

    pub(super) fn start_map(&mut self, at: Position) -> Result<(), Error> {
        let open = Open::Map {
            at,
            from: self.entries.len(),
            seen: None,
            key: None,
        };
        self.start(open, at)
    }

    /// Ends the innermost sequence or map.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        let (value, at) = match self.open.pop() {
            Some(Open::Seq { at, from }) => (Value::Seq(tail(&mut self.items, from)), at),
            Some(Open::Map { at, from, .. }) => (Value::Map(tail(&mut self.entries, from)), at),
            None => return Ok(()),
        };
        self.put(Node { value, at })
    }

    /// The finished tree; none where nothing was met.
    pub(super) fn finish(self) -> Option<Node<'a>> {
        self.root
    }

    fn start(&mut self, open: Open<'a>, at: Position) -> Result<(), Error> {
        if let Some(Open::Map { key: None, .. }) = self.open.last() {
            return Err(Error::new(ErrorKind::KeyNotScalar, at));
        }
        if self.open.len() >= self.limits.max_depth {
            return Err(Error::new(
                ErrorKind::TooDeep {
                    limit: self.limits.max_depth,
                },
                at,
            ));
        }
        self.open.push(open);
        Ok(())
    }

    fn put(&mut self, node: Node<'a>) -> Result<(), Error> {
        let open = self.open.last_mut();
        if !matches!(open, Some(Open::Map { key: None, .. })) {
            self.values += 1;
            if self.values > self.limits.max_values {
                let limit = self.limits.max_values;
                return Err(Error::new(ErrorKind::TooManyValues { limit }, node.at));
            }
        }
        match open {
            None => self.root = Some(node),
            Some(Open::Seq { .. }) => self.items.push(node),
            Some(Open::Map {
                from, seen, key, ..
            }) => match key.take() {
                Some(key) => self.entries.push((key, node)),
                None => {
                    note_key(self.entries.get(*from..).unwrap_or_default(), seen, &node)?;
                    *key = Some(node);
                }
            },
        }
        Ok(())
    }
}

/// Takes what stands in a list from `from` on.
fn tail<T>(list: &mut Vec<T>, from: usize) -> Vec<T> {
    list.drain(from.min(list.len())..).collect()
}

fn note_key<'a>(
    before: &[(Node<'a>, Node<'a>)],
    seen: &mut Option<HashMap<Cow<'a, str>, Position>>,
    key: &Node<'a>,
) -> Result<(), Error> {
    let Value::Scalar { text, plain } = &key.value else {
        return Err(Error::new(ErrorKind::KeyNotScalar, key.at));
    };
    if *plain && text == "<<" {
        return Err(Error::new(ErrorKind::MergeKey, key.at));
    }
    let first = if before.len() < FEW {
        let same = before.iter().find(|(k, _)| k.as_text() == Some(text));
        same.map(|(k, _)| k.at)
    } else {
        let seen = seen.get_or_insert_with(|| {
            let known = before.iter().filter_map(|(k, _)| match &k.value {
                Value::Scalar { text, .. } => Some((text.clone(), k.at)),
                _ => None,
            });
            known.collect()
        });
        seen.insert(text.clone(), key.at)
    };
    match first {
        None => Ok(()),
        Some(first) => {
            let key_text = text.clone().into_owned();
            let kind = ErrorKind::DuplicateKey {
                key: key_text,
                first,
            };
            Err(Error::new(kind, key.at))
        }
    }
}
