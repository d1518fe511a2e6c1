//! The JSON route: RFC 8259 text into the same tree as YAML.
//!
//! A reader of our own, because the tree needs what the usual ones drop: the position of every value, numbers as they
//! are spelled (a version `1.10` is a text), and duplicate keys.

use std::borrow::Cow;

use super::build::Builder;
use super::node::{Document, Kind};
use super::{Error, Limits, Position};
use crate::verbatim;

/// Reads `text` as one JSON value. Only a [`super::ErrorKind::Syntax`] error means that it is not JSON.
pub(super) fn parse(text: &str, limits: Limits) -> Result<Document<'_>, Error> {
    let mut reader = Reader {
        text,
        place: 0,
        line: 1,
        line_starts: 0,
        continuations: 0,
        tree: Builder::new(limits),
    };
    reader.document()?;
    Ok(reader.tree.finish())
}

/// Reads byte by byte: all that JSON itself is made of is ASCII, and within a text other bytes are only copied.
struct Reader<'a> {
    text: &'a str,
    /// The byte that is next.
    place: usize,
    line: usize,
    /// The byte that the line starts with.
    line_starts: usize,
    /// How many bytes of the line do not start a character: a column counts characters.
    continuations: usize,
    tree: Builder<'a>,
}

impl<'a> Reader<'a> {
    // Iterative, so that depth costs no stack: the tree knows the way out of the current place.
    fn document(&mut self) -> Result<(), Error> {
        loop {
            // A value is due.
            self.blank();
            let at = self.at();
            match self.peek() {
                Some(b'{') => {
                    self.place += 1;
                    self.tree.start_map(at)?;
                    self.blank();
                    if !self.take(b'}') {
                        self.key()?;
                        continue;
                    }
                    self.tree.end();
                }
                Some(b'[') => {
                    self.place += 1;
                    self.tree.start_seq(at)?;
                    self.blank();
                    if !self.take(b']') {
                        continue;
                    }
                    self.tree.end();
                }
                Some(b'"') => {
                    let text = self.string()?;
                    self.tree.value(Kind::Quoted, text, at)?;
                }
                _ => {
                    let text = self.word()?;
                    self.tree.value(Kind::Literal, text.into(), at)?;
                }
            }
            // A value has ended: close what closes, go on where another is due.
            loop {
                self.blank();
                match self.tree.innermost() {
                    Some(Kind::Map) if self.take(b',') => {
                        self.key()?;
                        break;
                    }
                    Some(Kind::Map) if self.take(b'}') => self.tree.end(),
                    Some(Kind::Map) => return Err(self.unexpected("`,` or `}`")),
                    Some(_) if self.take(b',') => break,
                    Some(_) if self.take(b']') => self.tree.end(),
                    Some(_) => return Err(self.unexpected("`,` or `]`")),
                    None if self.peek().is_none() => return Ok(()),
                    None => return Err(self.unexpected("the end of the document")),
                }
            }
        }
    }

    fn key(&mut self) -> Result<(), Error> {
        self.blank();
        let at = self.at();
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let text = self.string()?;
        self.blank();
        if !self.take(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.tree.key(Kind::Quoted, text, at)
    }

    /// A text in quotes: a piece of the document, unless it has escapes.
    fn string(&mut self) -> Result<Cow<'a, str>, Error> {
        let opened_at = self.at();
        self.place += 1;
        let piece = self.unescaped();
        if self.take(b'"') {
            return Ok(Cow::Borrowed(piece));
        }
        let mut text = piece.to_owned();
        while !self.take(b'"') {
            match self.peek() {
                None => {
                    return Err(Error::syntax(
                        "the string that starts here has no end",
                        opened_at,
                    ));
                }
                Some(b'\\') => {
                    self.place += 1;
                    text.push(self.escape()?);
                    text.push_str(self.unescaped());
                }
                Some(_) => return Err(self.unexpected("an escape for a control character")),
            }
        }
        Ok(Cow::Owned(text))
    }

    /// All up to the next quote, backslash or control character.
    fn unescaped(&mut self) -> &'a str {
        let rest = self.text.get(self.place..).unwrap_or_default();
        let (length, ascii) = verbatim::length(rest.as_bytes());
        // What ends it is ASCII, so no character is cut.
        let piece = rest.get(..length).unwrap_or_default();
        self.place += length;
        if !ascii {
            self.continuations += length - piece.chars().count();
        }
        piece
    }

    fn escape(&mut self) -> Result<char, Error> {
        let Some(escaped) = self.peek() else {
            return Err(self.unexpected("an escape that JSON knows"));
        };
        let place = self.place;
        self.place += 1;
        match escaped {
            b'"' | b'\\' | b'/' => Ok(char::from(escaped)),
            b'b' => Ok('\u{8}'),
            b'f' => Ok('\u{c}'),
            b'n' => Ok('\n'),
            b'r' => Ok('\r'),
            b't' => Ok('\t'),
            b'u' => self.unicode(),
            _ => {
                self.place = place;
                Err(self.unexpected("an escape that JSON knows"))
            }
        }
    }

    /// What stands behind `\u`, with the second half of a surrogate pair.
    fn unicode(&mut self) -> Result<char, Error> {
        let first = self.hex4()?;
        let code = match first {
            0xd800..=0xdbff if self.take(b'\\') && self.take(b'u') => match self.hex4()? {
                low @ 0xdc00..=0xdfff => 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00),
                _ => return Err(self.unexpected("the second half of a surrogate pair")),
            },
            code => code,
        };
        char::from_u32(code).ok_or_else(|| self.unexpected("a whole surrogate pair"))
    }

    fn hex4(&mut self) -> Result<u32, Error> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            code =
                code * 16 + digit.ok_or_else(|| self.unexpected("four hex digits after `\\u`"))?;
            self.place += 1;
        }
        Ok(code)
    }

    /// A number, `true`, `false` or `null`, as spelled.
    fn word(&mut self) -> Result<&'a str, Error> {
        let rest = self.text.get(self.place..).unwrap_or_default();
        let ends = |byte: &u8| !matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'+' | b'-' | b'.');
        let length = rest.as_bytes().iter().position(ends);
        let word = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        if !matches!(word, "true" | "false" | "null") && !is_number(word) {
            return Err(self.unexpected("a JSON value"));
        }
        self.place += word.len();
        Ok(word)
    }

    fn blank(&mut self) {
        while let Some(byte @ (b' ' | b'\t' | b'\n' | b'\r')) = self.peek() {
            self.place += 1;
            if byte == b'\n' {
                self.line += 1;
                self.line_starts = self.place;
                self.continuations = 0;
            }
        }
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.place += 1;
        }
        found
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.place).copied()
    }

    fn at(&self) -> Position {
        Position {
            line: self.line,
            column: self.place - self.line_starts - self.continuations + 1,
        }
    }

    fn unexpected(&self, wanted: &str) -> Error {
        Error::syntax(format!("expected {wanted}"), self.at())
    }
}

/// RFC 8259, section 6.
fn is_number(word: &str) -> bool {
    let word = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match word.find(['e', 'E']) {
        Some(at) => (word.get(..at).unwrap_or_default(), word.get(at + 1..)),
        None => (word, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}
