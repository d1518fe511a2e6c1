//! Putting a document together from what a reader meets, with the rules that hold for JSON and YAML alike: depth, the
//! number of values, keys that are scalars, keys that are unique, no merge keys.

use std::borrow::Cow;
use std::collections::HashMap;
use std::iter;

use super::node::{Document, Kind, Token};
use super::{Error, ErrorKind, Limits, Position};

/// Up to so many keys of a map are compared one by one, which is faster than any table.
const FEW: usize = 16;

/// Collects scalars, starts and ends into one [`Document`].
pub(super) struct Builder<'a> {
    limits: Limits,
    values: usize,
    open: Vec<Open<'a>>,
    tokens: Vec<Token<'a>>,
}

/// A sequence or map that has not ended.
struct Open<'a> {
    /// Its token.
    start: usize,
    kind: Kind,
    /// Whether a key is next.
    key_next: bool,
    keys: Keys<'a>,
}

/// The keys of an open map so far.
#[derive(Default)]
struct Keys<'a> {
    count: usize,
    /// A bit for each, of its length and end: a key whose bit is not set is new.
    marks: u64,
    /// Where each is, once there are more than a few.
    table: Option<HashMap<Cow<'a, str>, Position>>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            values: 0,
            open: Vec::with_capacity(8),
            // A usual receipt fits.
            tokens: Vec::with_capacity(256),
        }
    }

    /// The innermost sequence or map that is open.
    pub(super) fn innermost(&self) -> Option<Kind> {
        self.open.last().map(|open| open.kind)
    }

    /// A key or a value, whichever is next.
    pub(super) fn scalar(
        &mut self,
        kind: Kind,
        text: Cow<'a, str>,
        at: Position,
    ) -> Result<(), Error> {
        match self.open.last() {
            Some(open) if open.key_next => self.key(kind, text, at),
            _ => self.value(kind, text, at),
        }
    }

    /// A scalar that is a key of the innermost map.
    pub(super) fn key(
        &mut self,
        kind: Kind,
        text: Cow<'a, str>,
        at: Position,
    ) -> Result<(), Error> {
        if kind == Kind::Plain && text == "<<" {
            return Err(Error::new(ErrorKind::MergeKey, at));
        }
        let key = token(kind, text, at);
        if let Some(open) = self.open.last_mut() {
            open.key_next = false;
            let before = self.tokens.get(open.start + 1..).unwrap_or_default();
            if let Some(first) = open.keys.note(&key, before) {
                let key = key.text.into_owned();
                return Err(Error::new(ErrorKind::DuplicateKey { key, first }, at));
            }
        }
        self.tokens.push(key);
        Ok(())
    }

    /// A scalar that is no key.
    pub(super) fn value(
        &mut self,
        kind: Kind,
        text: Cow<'a, str>,
        at: Position,
    ) -> Result<(), Error> {
        self.count(at)?;
        self.tokens.push(token(kind, text, at));
        Ok(())
    }

    pub(super) fn start_seq(&mut self, at: Position) -> Result<(), Error> {
        self.start(Kind::Seq, at)
    }

    pub(super) fn start_map(&mut self, at: Position) -> Result<(), Error> {
        self.start(Kind::Map, at)
    }

    /// Ends the innermost sequence or map.
    pub(super) fn end(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let all = self.tokens.len();
        if let Some(token) = self.tokens.get_mut(open.start) {
            token.within = all - open.start - 1;
        }
    }

    /// The finished document.
    pub(super) fn finish(self) -> Document<'a> {
        Document {
            tokens: self.tokens,
        }
    }

    fn start(&mut self, kind: Kind, at: Position) -> Result<(), Error> {
        if self.open.last().is_some_and(|open| open.key_next) {
            return Err(Error::new(ErrorKind::KeyNotScalar, at));
        }
        if self.open.len() >= self.limits.max_depth {
            let limit = self.limits.max_depth;
            return Err(Error::new(ErrorKind::TooDeep { limit }, at));
        }
        self.count(at)?;
        let start = self.tokens.len();
        self.tokens.push(token(kind, Cow::Borrowed(""), at));
        self.open.push(Open {
            start,
            kind,
            key_next: kind == Kind::Map,
            keys: Keys::default(),
        });
        Ok(())
    }

    /// A value is there; a key is next, where it stands in a map.
    fn count(&mut self, at: Position) -> Result<(), Error> {
        self.values += 1;
        if self.values > self.limits.max_values {
            let limit = self.limits.max_values;
            return Err(Error::new(ErrorKind::TooManyValues { limit }, at));
        }
        if let Some(open) = self.open.last_mut() {
            open.key_next = open.kind == Kind::Map;
        }
        Ok(())
    }
}

impl<'a> Keys<'a> {
    /// Notes a key that follows the entries `before`. If it is there already: where.
    fn note(&mut self, key: &Token<'a>, before: &[Token<'a>]) -> Option<Position> {
        let text = &key.text;
        let end = text.as_bytes().last().copied().unwrap_or_default();
        let mark = 1_u64 << ((text.len() + 7 * usize::from(end)) % 64);
        let perhaps = self.marks & mark != 0;
        self.marks |= mark;
        self.count += 1;
        if self.count > FEW {
            let all = || {
                keys_of(before)
                    .map(|key| (key.text.clone(), key.at))
                    .collect()
            };
            return self
                .table
                .get_or_insert_with(all)
                .insert(text.clone(), key.at);
        }
        if !perhaps {
            return None;
        }
        keys_of(before)
            .find(|key| key.text == *text)
            .map(|key| key.at)
    }
}

/// The keys among the entries of a map.
fn keys_of<'t, 'a>(mut entries: &'t [Token<'a>]) -> impl Iterator<Item = &'t Token<'a>> {
    iter::from_fn(move || {
        let (key, value) = entries.split_first()?;
        entries = value.get(value.first()?.within + 1..)?;
        Some(key)
    })
}

fn token(kind: Kind, text: Cow<'_, str>, at: Position) -> Token<'_> {
    Token {
        kind,
        text,
        at,
        within: 0,
    }
}
