//! The JSON route: RFC 8259 text into the same tree as YAML.
//!
//! A reader of our own, because the tree needs what the usual ones drop: the position of every value, numbers as they
//! are spelled (a version `1.10` is a text), and duplicate keys.

use super::build::Builder;
use super::{Error, Limits, Node, Position};

/// Reads `text` as one JSON value. Only a [`super::ErrorKind::Syntax`] error means that it is not JSON.
pub(super) fn parse(text: &str, limits: Limits) -> Result<Node, Error> {
    let mut reader = Reader {
        rest: text,
        line: 1,
        column: 1,
        tree: Builder::new(limits),
    };
    reader.document()?;
    let at = reader.at();
    reader
        .tree
        .finish()
        .ok_or_else(|| Error::syntax("the document is empty", at))
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    column: usize,
    tree: Builder,
}

/// What is open around the current place.
enum Open {
    Array,
    Object,
}

impl Reader<'_> {
    // Iterative, so that depth costs no stack: `open` is the way out of the current place.
    fn document(&mut self) -> Result<(), Error> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            // A value is due.
            self.blank();
            let at = self.at();
            match self.peek() {
                Some('{') => {
                    self.next();
                    self.tree.start_map(at)?;
                    self.blank();
                    if self.take('}') {
                        self.tree.end()?;
                    } else {
                        self.key()?;
                        open.push(Open::Object);
                        continue;
                    }
                }
                Some('[') => {
                    self.next();
                    self.tree.start_seq(at)?;
                    self.blank();
                    if self.take(']') {
                        self.tree.end()?;
                    } else {
                        open.push(Open::Array);
                        continue;
                    }
                }
                Some('"') => {
                    let text = self.string()?;
                    self.tree.scalar(text, false, at)?;
                }
                _ => {
                    let text = self.word()?;
                    self.tree.scalar(text, true, at)?;
                }
            }
            // A value has ended: close what closes, go on where another is due.
            loop {
                self.blank();
                match open.last() {
                    None if self.rest.is_empty() => return Ok(()),
                    None => return Err(self.unexpected("the end of the document")),
                    Some(Open::Array) if self.take(']') => {}
                    Some(Open::Array) if self.take(',') => break,
                    Some(Open::Array) => return Err(self.unexpected("`,` or `]`")),
                    Some(Open::Object) if self.take('}') => {}
                    Some(Open::Object) if self.take(',') => {
                        self.key()?;
                        break;
                    }
                    Some(Open::Object) => return Err(self.unexpected("`,` or `}`")),
                }
                self.tree.end()?;
                open.pop();
            }
        }
    }

    fn key(&mut self) -> Result<(), Error> {
        self.blank();
        let at = self.at();
        if self.peek() != Some('"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let text = self.string()?;
        self.blank();
        if !self.take(':') {
            return Err(self.unexpected("`:`"));
        }
        self.tree.scalar(text, false, at)
    }

    fn string(&mut self) -> Result<String, Error> {
        let opened_at = self.at();
        self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                None => {
                    return Err(Error::syntax(
                        "the string that starts here has no end",
                        opened_at,
                    ));
                }
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escape()?),
                Some(c) if c < ' ' => {
                    return Err(self.unexpected("an escape for a control character"));
                }
                Some(c) => text.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Error> {
        match self.next() {
            Some(c @ ('"' | '\\' | '/')) => Ok(c),
            Some('b') => Ok('\u{8}'),
            Some('f') => Ok('\u{c}'),
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some('t') => Ok('\t'),
            Some('u') => {
                let first = self.hex4()?;
                let code = match first {
                    0xd800..=0xdbff if self.take('\\') && self.take('u') => match self.hex4()? {
                        low @ 0xdc00..=0xdfff => {
                            0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00)
                        }
                        _ => return Err(self.unexpected("the second half of a surrogate pair")),
                    },
                    code => code,
                };
                char::from_u32(code).ok_or_else(|| self.unexpected("a whole surrogate pair"))
            }
            _ => Err(self.unexpected("an escape that JSON knows")),
        }
    }

    fn hex4(&mut self) -> Result<u32, Error> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.next().and_then(|c| c.to_digit(16));
            code =
                code * 16 + digit.ok_or_else(|| self.unexpected("four hex digits after `\\u`"))?;
        }
        Ok(code)
    }

    /// A number, `true`, `false` or `null`, as spelled.
    fn word(&mut self) -> Result<String, Error> {
        let end = self
            .rest
            .find(|c: char| !matches!(c, 'a'..='z' | 'A'..='Z' | '0'..='9' | '+' | '-' | '.'));
        let word = self
            .rest
            .get(..end.unwrap_or(self.rest.len()))
            .unwrap_or_default()
            .to_owned();
        if !matches!(word.as_str(), "true" | "false" | "null") && !is_number(&word) {
            return Err(self.unexpected("a JSON value"));
        }
        for _ in word.chars() {
            self.next();
        }
        Ok(word)
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.next();
        }
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.next();
        }
        found
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next()?;
        self.rest = chars.as_str();
        if c == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(c)
    }

    fn at(&self) -> Position {
        Position {
            line: self.line,
            column: self.column,
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
