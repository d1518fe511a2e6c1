//! Taking the fields of a map one by one, each of its type, so that none is left over.
//!
//! A field that is dropped before hashing is a forgery waiting to happen: [`Fields::finish`] refuses every field that
//! nobody asked for.

use std::collections::HashMap;
use std::fmt;

use chrono::{DateTime, FixedOffset, Utc};
use thiserror::Error;

use crate::yaml::{Node, Position, Value};

/// Why a readable document is not a receipt: the structure is wrong, at one place.
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

/// The fields of one map that are not taken yet.
pub(super) struct Fields<'a> {
    path: Path<'a>,
    at: Position,
    left: HashMap<&'a str, (&'a Node, Position)>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(node: &'a Node, path: Path<'a>) -> Read<Self> {
        let entries = match &node.value {
            Value::Map(entries) => entries.as_slice(),
            // An empty document, so that the message names the first field that is missing.
            _ if matches!(path, Path::Root) && node.is_null() => &[],
            _ => return Err(mistyped(node, path, "a map")),
        };
        let left = entries
            .iter()
            .filter_map(|(k, v)| Some((k.as_text()?, (v, k.at))))
            .collect();
        Ok(Self {
            path,
            at: node.at,
            left,
        })
    }

    /// Takes a field that must be there, read by `read`.
    pub(super) fn required<T>(
        &mut self,
        name: &'a str,
        read: impl FnOnce(&'a Node, Path<'_>) -> Read<T>,
    ) -> Read<T> {
        let Some((node, _)) = self.left.remove(name) else {
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
        read: impl FnOnce(&'a Node, Path<'_>) -> Read<T>,
    ) -> Read<Option<T>> {
        match self.left.remove(name) {
            Some((node, _)) if !node.is_null() => {
                read(node, Path::Field(&self.path, name)).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Refuses what nobody took.
    pub(super) fn finish(self) -> Read<()> {
        let Some((name, (_, at))) = self.left.into_iter().min_by_key(|(_, (_, at))| *at) else {
            return Ok(());
        };
        let message = format!("unknown field `{}`", Path::Field(&self.path, name));
        Err(SchemaError {
            code: MISMATCH,
            at,
            message,
        })
    }
}

/// A text. A plain scalar that reads as null, a bool or a number is none.
pub(super) fn text(node: &Node, path: Path<'_>) -> Read<String> {
    match node.as_text() {
        Some(text) if !node.is_typed() => Ok(text.to_owned()),
        _ => Err(mistyped(node, path, "a text")),
    }
}

pub(super) fn unsigned(node: &Node, path: Path<'_>) -> Read<u64> {
    node.as_u64()
        .ok_or_else(|| mistyped(node, path, "an integer from 0 to 2^64 - 1"))
}

pub(super) fn unsigned32(node: &Node, path: Path<'_>) -> Read<u32> {
    let number = node.as_u64().and_then(|n| u32::try_from(n).ok());
    number.ok_or_else(|| mistyped(node, path, "an integer from 0 to 2^32 - 1"))
}

pub(super) fn signed32(node: &Node, path: Path<'_>) -> Read<i32> {
    let number = node.as_i64().and_then(|n| i32::try_from(n).ok());
    number.ok_or_else(|| mistyped(node, path, "an integer from -2^31 to 2^31 - 1"))
}

pub(super) fn boolean(node: &Node, path: Path<'_>) -> Read<bool> {
    node.as_bool()
        .ok_or_else(|| mistyped(node, path, "true or false"))
}

pub(super) fn time(node: &Node, path: Path<'_>) -> Read<DateTime<Utc>> {
    let time = text(node, path)?.parse::<DateTime<FixedOffset>>();
    time.map(|t| t.to_utc())
        .map_err(|_| mistyped(node, path, "a time of RFC 3339 with its offset"))
}

/// A sequence; null is an empty one.
pub(super) fn list<T>(
    node: &Node,
    path: Path<'_>,
    read: impl Fn(&Node, Path<'_>) -> Read<T>,
) -> Read<Vec<T>> {
    if node.is_null() {
        return Ok(Vec::new());
    }
    let items = node
        .as_seq()
        .ok_or_else(|| mistyped(node, path, "a sequence"))?;
    items
        .iter()
        .enumerate()
        .map(|(i, item)| read(item, Path::Item(&path, i)))
        .collect()
}

pub(super) fn texts(node: &Node, path: Path<'_>) -> Read<Vec<String>> {
    list(node, path, text)
}

/// One of a fixed set of words.
pub(super) fn word<T: Copy>(
    node: &Node,
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

pub(super) fn mistyped(node: &Node, path: Path<'_>, wanted: &str) -> SchemaError {
    let field = match path {
        Path::Root => "the document".to_owned(),
        path => format!("`{path}`"),
    };
    let message = format!("{field} must be {wanted}, found {}", node.describe());
    SchemaError {
        code: MISMATCH,
        at: node.at,
        message,
    }
}
