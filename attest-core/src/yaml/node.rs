//! The tree of a document, as one list of tokens in the order of the text.
//!
//! A receipt has some hundred values: as a list they are one piece of memory, and a [`Node`] is a look at a part of it.

use std::borrow::Cow;
use std::iter::FusedIterator;

use super::Position;

/// A document that was read. What stands in the text as it is, it borrows from there.
///
/// ```
/// use attest_core::yaml::{self, Limits};
///
/// let document = yaml::parse(b"name: build", Limits::default())?;
/// assert_eq!(document.root().get("name").and_then(|node| node.as_text()), Some("build"));
/// # Ok::<(), yaml::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<'a> {
    /// The outermost value and all within it; none for a document that is empty.
    pub(super) tokens: Vec<Token<'a>>,
}

/// A scalar, or the start of a sequence or map, which the tokens within it follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// Of a scalar, after quotes and escapes are undone.
    pub(super) text: Cow<'a, str>,
    pub(super) at: Position,
    /// How many of the tokens that follow are within this one.
    pub(super) within: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of YAML, without quotes: a number, a bool, null, or a text that reads as none of these.
    Plain,
    /// JSON's number, bool or null: never a text.
    Literal,
    Quoted,
    Seq,
    /// Keys, which are scalars, and values in turn.
    Map,
}

/// What an empty document is.
static NOTHING: Token<'static> = Token {
    kind: Kind::Plain,
    text: Cow::Borrowed(""),
    at: Position { line: 1, column: 1 },
    within: 0,
};

/// A value of a [`Document`]: a scalar, a sequence or a map. Cheap to copy.
///
/// ```
/// use attest_core::yaml::{self, Limits};
///
/// let document = yaml::parse(br#"{"steps": [{"name": "build"}]}"#, Limits::default())?;
/// let steps = document.root().get("steps").and_then(|node| node.as_seq());
/// let first = steps.and_then(|mut steps| steps.next()).ok_or("no step")?;
/// assert_eq!(first.at().to_string(), "1:12");
/// assert_eq!(first.describe(), "a map");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node<'a> {
    pub(super) token: &'a Token<'a>,
    within: &'a [Token<'a>],
}

impl Document<'_> {
    /// The outermost value; of a document that is empty (nothing, or comments alone) the plain scalar `""`, which
    /// [`Node::is_null`].
    pub fn root(&self) -> Node<'_> {
        let (token, within) = self.tokens.split_first().unwrap_or((&NOTHING, &[]));
        Node { token, within }
    }
}

impl<'a> Node<'a> {
    /// Where it starts.
    pub fn at(self) -> Position {
        self.token.at
    }

    /// The items of a sequence, in order.
    pub fn as_seq(self) -> Option<Items<'a>> {
        (self.token.kind == Kind::Seq).then_some(Items { rest: self.within })
    }

    /// The entries of a map in the order of the text, each a key, which is a scalar, and its value. Each key is there once.
    pub fn as_map(self) -> Option<Entries<'a>> {
        (self.token.kind == Kind::Map).then_some(Entries(Items { rest: self.within }))
    }

    /// The value under `key`, where this is a map that has it.
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        let mut entries = self.as_map()?;
        entries.find(|(k, _)| k.token.text == key).map(|(_, v)| v)
    }
}

/// The items of a sequence.
///
/// ```
/// use attest_core::yaml::{self, Limits};
///
/// let document = yaml::parse(b"[yes, 'no', 60]", Limits::default())?;
/// let items = document.root().as_seq().ok_or("not a list")?;
/// let plain: Vec<_> = items.map(|item| item.is_plain()).collect();
/// assert_eq!(plain, [true, false, true]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Items<'a> {
    rest: &'a [Token<'a>],
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        let (token, after) = self.rest.split_first()?;
        let (within, rest) = after.split_at_checked(token.within)?;
        self.rest = rest;
        Some(Node { token, within })
    }
}

impl FusedIterator for Items<'_> {}

/// The entries of a map: keys and their values.
///
/// ```
/// use attest_core::yaml::{self, Limits};
///
/// let document = yaml::parse(b"timeout: 60\nrun: '60'\n", Limits::default())?;
/// for (key, value) in document.root().as_map().ok_or("not a map")? {
///     assert_eq!(value.as_text(), Some("60"));
///     assert_eq!(value.as_u64().is_some(), key.as_text() == Some("timeout"));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Entries<'a>(Items<'a>);

impl Entries<'_> {
    /// None at all.
    pub(crate) fn none() -> Self {
        Self(Items { rest: &[] })
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Node<'a>, Node<'a>);

    fn next(&mut self) -> Option<(Node<'a>, Node<'a>)> {
        Some((self.0.next()?, self.0.next()?))
    }
}

impl FusedIterator for Entries<'_> {}
