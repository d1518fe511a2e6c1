//! Reading of YAML or JSON text into one tree with positions.
//!
//! Receipts and pipelines come as YAML or JSON. This module reads both into the same [`Document`] and refuses what a
//! signed document has no use for: anchors, aliases, tags, merge keys, duplicate keys, several documents, and anything
//! over the [`Limits`]. Text that is JSON is read as JSON (so `\ud83d\ude00` is one character), all else as YAML.
//!
//! It deliberately knows no schema: which scalar is a number is asked of the scalar ([`Node::as_u64`] and its
//! siblings), because the same spelling may be a text in one field and a number in the next. It writes nothing.
//!
//! ```
//! use attest_core::yaml::{self, Limits};
//!
//! let from_yaml = yaml::parse(b"steps:\n- name: build\n", Limits::default())?;
//! let from_json = yaml::parse(br#"{"steps": [{"name": "build"}]}"#, Limits::default())?;
//! assert!(from_yaml.root().get("steps").is_some() && from_json.root().get("steps").is_some());
//!
//! let error = yaml::parse(b"a: 1\nb: 2\na: 3\n", Limits::default()).unwrap_err();
//! assert_eq!(error.to_string(), "3:1: duplicate key \"a\"; the first is at 1:1");
//! # Ok::<(), yaml::Error>(())
//! ```

mod breaks;
mod build;
mod error;
mod events;
mod flows;
mod json;
mod node;
mod scalar;

use std::fmt;

pub use error::{Error, ErrorKind};
pub use node::{Document, Entries, Items, Node};

/// Bounds that hold before and while a document is read.
///
/// ```
/// use attest_core::yaml::{self, Limits};
///
/// let flat = Limits { max_depth: 1, ..Limits::default() };
/// assert!(yaml::parse(b"[1, 2]", flat).is_ok());
/// assert!(yaml::parse(b"[1, [2]]", flat).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest document, in bytes. The default is 16 MiB.
    pub max_bytes: usize,
    /// Deepest nesting of sequences and maps; a lone scalar has depth 0. The default is 64.
    pub max_depth: usize,
    /// Most values (scalars, sequences and maps; keys are not counted). The default is 1,000,000, which no receipt or
    /// pipeline of 16 MiB comes near, while `[0,0,…` of that size would take a gigabyte of memory.
    pub max_values: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 16 * 1024 * 1024,
            max_depth: 64,
            max_values: 1_000_000,
        }
    }
}

/// A place in the text: line and column, both counted from 1, the column in characters.
///
/// ```
/// use attest_core::yaml::{self, Limits};
///
/// let document = yaml::parse(b"name: hello\nsteps: []\n", Limits::default())?;
/// let steps = document.root().get("steps").ok_or("no steps")?;
/// assert_eq!(steps.at().to_string(), "2:8");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Reads one document.
///
/// # Errors
/// [`Error`] with the position, where the text is neither JSON nor YAML, is not UTF-8, exceeds `limits`, or holds one
/// of the constructs this module refuses.
pub fn parse(bytes: &[u8], limits: Limits) -> Result<Document<'_>, Error> {
    let start = Position { line: 1, column: 1 };
    if bytes.len() > limits.max_bytes {
        return Err(Error::new(
            ErrorKind::TooLarge {
                bytes: bytes.len(),
                limit: limits.max_bytes,
            },
            start,
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let before = bytes.get(..e.valid_up_to()).unwrap_or_default();
        Error::new(ErrorKind::NotUtf8, end_of(&String::from_utf8_lossy(before)))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match json::parse(text, limits) {
        Ok(document) => Ok(document),
        Err(json_error) if !matches!(json_error.kind(), ErrorKind::Syntax(_)) => Err(json_error),
        Err(json_error) => {
            events::parse(text, limits).map_err(|yaml_error| match yaml_error.kind() {
                // The reader that got further knows better what the author meant.
                ErrorKind::Syntax(_) if json_error.at() > yaml_error.at() => json_error,
                _ => yaml_error,
            })
        }
    }
}

fn end_of(text: &str) -> Position {
    let line = text.matches('\n').count() + 1;
    let column = text.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Position { line, column }
}

#[cfg(test)]
mod tests;
