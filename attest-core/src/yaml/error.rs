//! Why a text could not be read, and where.

use thiserror::Error as ThisError;

use super::Position;

/// A text that is not one readable document. Displays as `line:column: reason`.
///
/// ```
/// use attest_core::yaml::{self, ErrorKind, Limits};
///
/// let error = yaml::parse(b"a: &x 1\nb: *x\n", Limits::default()).unwrap_err();
/// assert_eq!(error.kind(), &ErrorKind::Anchor);
/// assert_eq!(error.to_string(), "1:4: anchors (`&name`) are not allowed; write the value out");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
#[error("{at}: {kind}")]
pub struct Error {
    kind: ErrorKind,
    at: Position,
}

impl Error {
    pub(super) fn new(kind: ErrorKind, at: Position) -> Self {
        Self { kind, at }
    }

    pub(super) fn syntax(reason: impl Into<String>, at: Position) -> Self {
        Self::new(ErrorKind::Syntax(reason.into()), at)
    }

    /// What was wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// Where it was wrong.
    pub fn at(&self) -> Position {
        self.at
    }
}

/// What made a text unreadable.
///
/// ```
/// use attest_core::yaml::{self, ErrorKind, Limits};
///
/// let few = Limits { max_bytes: 4, ..Limits::default() };
/// let error = yaml::parse(b"[1, 2]", few).unwrap_err();
/// assert_eq!(error.kind(), &ErrorKind::TooLarge { bytes: 6, limit: 4 });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Neither JSON nor YAML.
    #[error("not readable as JSON or YAML: {0}")]
    Syntax(String),
    /// Bytes that are not UTF-8.
    #[error("not UTF-8; save the file as UTF-8")]
    NotUtf8,
    /// More bytes than [`super::Limits::max_bytes`].
    #[error("the document has {bytes} bytes, the limit is {limit}")]
    TooLarge {
        /// Size of the document.
        bytes: usize,
        /// Largest size that is read.
        limit: usize,
    },
    /// Nested deeper than [`super::Limits::max_depth`].
    #[error("nested deeper than {limit} levels")]
    TooDeep {
        /// Deepest nesting that is read.
        limit: usize,
    },
    /// More values than [`super::Limits::max_values`].
    #[error("the document has more than {limit} values")]
    TooManyValues {
        /// Most values that are read.
        limit: usize,
    },
    /// In YAML, more of the characters that sequences and maps are made of than can be read in bounded memory.
    #[error(
        "more than {limit} of the characters that YAML makes sequences and maps of, like , [ ] {{ }} and :; write it as JSON"
    )]
    TooManyIndicators {
        /// Most that are read.
        limit: usize,
    },
    /// The same key twice in one map.
    #[error("duplicate key {key:?}; the first is at {first}")]
    DuplicateKey {
        /// The key.
        key: String,
        /// Where it stood first.
        first: Position,
    },
    /// A key that is a sequence or a map.
    #[error("a key must be a text, not a sequence or a map")]
    KeyNotScalar,
    /// `&anchor`.
    #[error("anchors (`&name`) are not allowed; write the value out")]
    Anchor,
    /// `*alias`.
    #[error("aliases (`*name`) are not allowed; write the value out")]
    Alias,
    /// `!tag`.
    #[error("tags (`!name`) are not allowed; leave the tag away")]
    Tag,
    /// `<<`.
    #[error("merge keys (`<<`) are not allowed; write the fields out")]
    MergeKey,
    /// More than one document.
    #[error("a second document starts here; only one is allowed")]
    SecondDocument,
    /// A raw U+2028 or U+2029 where its meaning depends on the version of YAML.
    #[error(
        "a raw U+2028 or U+2029 stands in a scalar that is neither a block nor in single quotes; write it as \"\\L\" or \"\\P\" in double quotes"
    )]
    RawLineSeparator,
}
