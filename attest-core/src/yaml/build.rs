//! Putting a tree together from what a reader meets, with the rules that hold for JSON and YAML alike: depth, keys that
//! are scalars, keys that are unique, no merge keys.

use std::collections::HashMap;

use super::{Error, ErrorKind, Limits, Node, Position, Value};

enum Open {
    Seq {
        at: Position,
        items: Vec<Node>,
    },
    Map {
        at: Position,
        entries: Vec<(Node, Node)>,
        seen: HashMap<String, Position>,
        key: Option<Node>,
    },
}

/// Collects scalars, starts and ends into one [`Node`].
pub(super) struct Builder {
    limits: Limits,
    values: usize,
    open: Vec<Open>,
    root: Option<Node>,
}

impl Builder {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            values: 0,
            open: Vec::new(),
            root: None,
        }
    }

    pub(super) fn scalar(&mut self, text: String, plain: bool, at: Position) -> Result<(), Error> {
        self.put(Node {
            value: Value::Scalar { text, plain },
            at,
        })
    }

    pub(super) fn start_seq(&mut self, at: Position) -> Result<(), Error> {
        self.start(
            Open::Seq {
                at,
                items: Vec::new(),
            },
            at,
        )
    }

    pub(super) fn start_map(&mut self, at: Position) -> Result<(), Error> {
        self.start(
            Open::Map {
                at,
                entries: Vec::new(),
                seen: HashMap::new(),
                key: None,
            },
            at,
        )
    }

    /// Ends the innermost sequence or map.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        match self.open.pop() {
            Some(Open::Seq { at, items }) => self.put(Node {
                value: Value::Seq(items),
                at,
            }),
            Some(Open::Map { at, entries, .. }) => self.put(Node {
                value: Value::Map(entries),
                at,
            }),
            None => Ok(()),
        }
    }

    /// The finished tree; none where nothing was met.
    pub(super) fn finish(self) -> Option<Node> {
        self.root
    }

    fn start(&mut self, open: Open, at: Position) -> Result<(), Error> {
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

    fn put(&mut self, node: Node) -> Result<(), Error> {
        if !matches!(self.open.last(), Some(Open::Map { key: None, .. })) {
            self.values += 1;
        }
        if self.values > self.limits.max_values {
            let limit = self.limits.max_values;
            return Err(Error::new(ErrorKind::TooManyValues { limit }, node.at));
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::Seq { items, .. }) => items.push(node),
            Some(Open::Map {
                entries, seen, key, ..
            }) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => {
                    note_key(seen, &node)?;
                    *key = Some(node);
                }
            },
        }
        Ok(())
    }
}

fn note_key(seen: &mut HashMap<String, Position>, key: &Node) -> Result<(), Error> {
    let Value::Scalar { text, plain } = &key.value else {
        return Err(Error::new(ErrorKind::KeyNotScalar, key.at));
    };
    if *plain && text == "<<" {
        return Err(Error::new(ErrorKind::MergeKey, key.at));
    }
    if let Some(first) = seen.insert(text.clone(), key.at) {
        return Err(Error::new(
            ErrorKind::DuplicateKey {
                key: text.clone(),
                first,
            },
            key.at,
        ));
    }
    Ok(())
}
