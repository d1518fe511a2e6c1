//! Taking the fields of a map one by one, each of its type, so that none is left over.
//!
//! A field that is dropped before hashing is a forgery waiting to happen: [`Fields::finish`] refuses every field that
//! nobody asked for.

use std::fmt;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::rfc3339;
use crate::yaml::{Entries, Node, Position};

/// Why a readable document is not a receipt: the structure is wrong, at one place.
///
/// ```
/// use attest_core::receipt::{ParseError, Receipt};
///
/// let Err(ParseError::Schema(error)) = Receipt::parse(b"{\"pipeline_hash\": 7}") else { return };
/// assert_eq!(error.code, "schema_mismatch");
/// assert!(error.message.contains("pipeline_hash"), "{error}");
/// assert_eq!((error.at.line, error.at.column), (1, 19));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{at}: {message}")]
pub struct SchemaError {
    /// `schema_mismatch` or `unsupported_schema`.
    pub code: &'static str,
    /// Where in the text.
    pub at: Position,
    /// What is wrong, with the field's path.
    pub message: String,
}

/// A missing, unknown or mistyped field.
pub(super) const MISMATCH: &str = "schema_mismatch";
/// A version of the format that this program does not know.
pub(super) const UNSUPPORTED: &str = "unsupported_schema";

/// A place in the document, for messages: `steps[0].name`.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    Root,
    Field(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(Path::Root, name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

type Read<T> = Result<T, SchemaError>;

/// The fields of one map, of which each is taken once.
///
/// They mostly stand in the order in which they are asked for, so each is looked for behind the one before.
pub(super) struct Fields<'a> {
    path: Path<'a>,
    at: Position,
    all: Entries<'a>,
    /// What stands behind the entry that was taken last, and how many entries stand before.
    next: Entries<'a>,
    place: u32,
    /// Whether one was passed over before `next`.
    passed: bool,
    /// Which of the first 64 entries were taken, a bit for each. No map of the format has so many fields: where there are
    /// more entries, one of the first 64 is unknown.
    taken: u64,
}

impl<'a> Fields<'a> {
    pub(super) fn of(node: Node<'a>, path: Path<'a>) -> Read<Self> {
        let all = match node.as_map() {
            Some(entries) => entries,
            // An empty document, so that the message names the first field that is missing.
            None if matches!(path, Path::Root) && node.is_null() => Entries::none(),
            None => return Err(mistyped(node, path, "a map")),
        };
        Ok(Self {
            path,
            at: node.at(),
            next: all.clone(),
            all,
            place: 0,
            passed: false,
            taken: 0,
        })
    }

    /// Takes a field that must be there, read by `read`.
    pub(super) fn required<T>(
        &mut self,
        name: &'a str,
        read: impl FnOnce(Node<'a>, Path<'_>) -> Read<T>,
    ) -> Read<T> {
        let Some(node) = self.take(name) else {
            let message = format!("missing field `{}`", Path::Field(&self.path, name));
            return Err(SchemaError {
                code: MISMATCH,
                at: self.at,
                message,
            });
        };
        read(node, Path::Field(&self.path, name))
    }

    /// Takes a field that may be missing or null.
    pub(super) fn optional<T>(
        &mut self,
        name: &'a str,
        read: impl FnOnce(Node<'a>, Path<'_>) -> Read<T>,
    ) -> Read<Option<T>> {
        match self.take(name) {
            Some(node) if !node.is_null() => read(node, Path::Field(&self.path, name)).map(Some),
            _ => Ok(None),
        }
    }

    /// Refuses what nobody took.
    pub(super) fn finish(self) -> Read<()> {
        if !self.passed && self.next.clone().next().is_none() {
            return Ok(());
        }
        let mut left = (0..)
            .zip(self.all)
            .filter(|(i, _)| self.taken & bit(*i) == 0);
        let Some((_, (key, _))) = left.next() else {
            return Ok(());
        };
        let name = key.as_text().unwrap_or_default();
        let message = format!("unknown field `{}`", Path::Field(&self.path, name));
        Err(SchemaError {
            code: MISMATCH,
            at: key.at(),
            message,
        })
    }

    fn take(&mut self, name: &str) -> Option<Node<'a>> {
        self.take_from(self.next.clone(), self.place, name)
            .or_else(|| {
                self.passed
                    .then(|| self.take_from(self.all.clone(), 0, name))?
            })
    }

    /// Takes a field that stands in `entries`, of which the first is the one with the number `place`.
    fn take_from(
        &mut self,
        mut entries: Entries<'a>,
        mut place: u32,
        name: &str,
    ) -> Option<Node<'a>> {
        loop {
            let (key, node) = entries.next()?;
            place += 1;
            if key.as_text() == Some(name) && self.taken & bit(place - 1) == 0 {
                self.passed |= place != self.place + 1;
                self.taken |= bit(place - 1);
                self.next = entries;
                self.place = place;
                return Some(node);
            }
        }
    }
}

/// The bit of an entry; none for one of which a bit is not kept.
fn bit(place: u32) -> u64 {
    1_u64.checked_shl(place).unwrap_or(0)
}

/// A text. A plain scalar that reads as null, a bool or a number is none.
pub(super) fn text(node: Node<'_>, path: Path<'_>) -> Read<String> {
    spelling(node, path).map(str::to_owned)
}

/// A text as it stands in the document, for what is parsed further.
pub(super) fn spelling<'a>(node: Node<'a>, path: Path<'_>) -> Read<&'a str> {
    match node.as_text() {
        Some(text) if !node.is_typed() => Ok(text),
        _ => Err(mistyped(node, path, "a text")),
    }
}

pub(super) fn unsigned(node: Node<'_>, path: Path<'_>) -> Read<u64> {
    node.as_u64()
        .ok_or_else(|| mistyped(node, path, "an integer from 0 to 2^64 - 1"))
}

pub(super) fn unsigned32(node: Node<'_>, path: Path<'_>) -> Read<u32> {
    let number = node.as_u64().and_then(|n| u32::try_from(n).ok());
    number.ok_or_else(|| mistyped(node, path, "an integer from 0 to 2^32 - 1"))
}

pub(super) fn signed32(node: Node<'_>, path: Path<'_>) -> Read<i32> {
    let number = node.as_i64().and_then(|n| i32::try_from(n).ok());
    number.ok_or_else(|| mistyped(node, path, "an integer from -2^31 to 2^31 - 1"))
}

pub(super) fn boolean(node: Node<'_>, path: Path<'_>) -> Read<bool> {
    node.as_bool()
        .ok_or_else(|| mistyped(node, path, "true or false"))
}

pub(super) fn time(node: Node<'_>, path: Path<'_>) -> Read<DateTime<Utc>> {
    rfc3339::parse(spelling(node, path)?)
        .ok_or_else(|| mistyped(node, path, "a time of RFC 3339 with its offset"))
}

/// A sequence; null is an empty one.
pub(super) fn list<T>(
    node: Node<'_>,
    path: Path<'_>,
    read: impl Fn(Node<'_>, Path<'_>) -> Read<T>,
) -> Read<Vec<T>> {
    if node.is_null() {
        return Ok(Vec::new());
    }
    let items = node
        .as_seq()
        .ok_or_else(|| mistyped(node, path, "a sequence"))?;
    let mut values = Vec::with_capacity(items.clone().count());
    for (i, item) in items.enumerate() {
        values.push(read(item, Path::Item(&path, i))?);
    }
    Ok(values)
}

pub(super) fn texts(node: Node<'_>, path: Path<'_>) -> Read<Vec<String>> {
    list(node, path, text)
}

/// One of a fixed set of words.
pub(super) fn word<T: Copy>(
    node: Node<'_>,
    path: Path<'_>,
    known: &[T],
    name: fn(T) -> &'static str,
) -> Read<T> {
    let found = node
        .as_text()
        .and_then(|text| known.iter().copied().find(|k| name(*k) == text));
    found.ok_or_else(|| {
        let words: Vec<_> = known.iter().map(|k| format!("`{}`", name(*k))).collect();
        mistyped(node, path, &format!("one of {}", words.join(", ")))
    })
}

pub(super) fn mistyped(node: Node<'_>, path: Path<'_>, wanted: &str) -> SchemaError {
    let field = match path {
        Path::Root => "the document".to_owned(),
        path => format!("`{path}`"),
    };
    let message = format!("{field} must be {wanted}, found {}", node.describe());
    SchemaError {
        code: MISMATCH,
        at: node.at(),
        message,
    }
}
