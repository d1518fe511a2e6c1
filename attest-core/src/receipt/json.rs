//! Compact JSON, as the signed bytes are spelled: no blanks, and in a text escapes for `"`, `\` and control characters alone.
//!
//! A writer of our own, because a verifier writes every receipt that it reads, digests most of all: the usual ones look at
//! each byte of them for escapes. `serde_json` is the judge of it in the tests.

use std::fmt::{Display, Write as _};

use crate::verbatim;

/// JSON in the making.
#[derive(Default)]
pub(super) struct Json {
    out: String,
    portable: bool,
}

impl Json {
    /// Text that a YAML 1.1 reader takes too: with escapes for the characters that it cannot take raw or takes for a line
    /// break.
    pub(super) fn portable() -> Self {
        Self {
            out: String::new(),
            portable: true,
        }
    }

    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self {
            out: String::with_capacity(bytes),
            portable: false,
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// A map of the fields that `fill` writes.
    pub(super) fn map(&mut self, fill: impl FnOnce(&mut Map<'_>)) {
        self.out.push('{');
        fill(&mut Map {
            json: self,
            first: true,
        });
        self.out.push('}');
    }

    pub(super) fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        each: impl Fn(&mut Self, T),
    ) {
        self.out.push('[');
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            each(self, item);
        }
        self.out.push(']');
    }

    pub(super) fn text(&mut self, text: &str) {
        self.out.push('"');
        let mut rest = text;
        loop {
            let length = if self.portable {
                rest.find(needs_escape).unwrap_or(rest.len())
            } else {
                verbatim::length(rest.as_bytes()).0
            };
            let (before, after) = rest.split_at(length);
            self.out.push_str(before);
            let mut chars = after.chars();
            match chars.next() {
                Some(c) => self.escape(c),
                None => break,
            }
            rest = chars.as_str();
        }
        self.out.push('"');
    }

    /// A text of hex digits and a prefix without escapes.
    pub(super) fn hex(&mut self, prefix: &str, hex: &str) {
        self.out.push('"');
        self.out.push_str(prefix);
        self.out.push_str(hex);
        self.out.push('"');
    }

    fn escape(&mut self, c: char) {
        let short = match c {
            '"' | '\\' => c,
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{c}' => 'f',
            '\r' => 'r',
            _ => {
                // Writing into memory cannot fail.
                let _ = write!(self.out, "\\u{:04x}", u32::from(c));
                return;
            }
        };
        self.out.push('\\');
        self.out.push(short);
    }
}

/// Whether a character cannot stand as it is in a text that is JSON and YAML 1.1.
fn needs_escape(c: char) -> bool {
    matches!(
        c,
        '"' | '\\'
            | '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}'
    )
}

/// The fields of a map; their names need no escapes.
pub(super) struct Map<'a> {
    json: &'a mut Json,
    first: bool,
}

impl Map<'_> {
    /// A name, for the value that the caller writes next.
    // With the name known where it is written, copying it is a few moves.
    #[inline]
    pub(super) fn name(&mut self, name: &str) -> &mut Json {
        let start = if self.first { "\"" } else { ",\"" };
        self.first = false;
        self.json.out.push_str(start);
        self.json.out.push_str(name);
        self.json.out.push_str("\":");
        self.json
    }

    pub(super) fn map(&mut self, name: &str, fill: impl FnOnce(&mut Map<'_>)) {
        self.name(name).map(fill);
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.name(name).text(text);
    }

    pub(super) fn texts(&mut self, name: &str, texts: &[String]) {
        self.name(name).list(texts, |json, text| json.text(text));
    }

    pub(super) fn boolean(&mut self, name: &str, value: bool) {
        let word = if value { "true" } else { "false" };
        self.name(name).out.push_str(word);
    }

    pub(super) fn number(&mut self, name: &str, number: impl Display) {
        // Writing into memory cannot fail.
        let _ = write!(self.name(name).out, "{number}");
    }

    /// What `value` writes, or null.
    pub(super) fn or_null<T>(
        &mut self,
        name: &str,
        value: Option<T>,
        write: impl FnOnce(&mut Json, T),
    ) {
        let json = self.name(name);
        match value {
            Some(value) => write(json, value),
            None => json.out.push_str("null"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_spelled_as_serde_json_spells_them() {
        let every = (0..=0x2100).chain([0xfeff, 0xfffd, 0xfffe, 0xffff, 0x1f600]);
        for c in every.filter_map(char::from_u32) {
            for text in [c.to_string(), format!("a{c}"), format!("é{c}{c} z")] {
                let mut plain = Json::default();
                plain.text(&text);
                assert_eq!(plain.finish(), serde_json::to_string(&text).unwrap());

                let mut portable = Json::portable();
                portable.text(&text);
                let portable = portable.finish();
                assert_eq!(serde_json::from_str::<String>(&portable).unwrap(), text);
                let raw = |c| {
                    matches!(
                        c,
                        '\u{7f}'
                            ..='\u{9f}'
                                | '\u{2028}'
                                | '\u{2029}'
                                | '\u{feff}'
                                | '\u{fffe}'
                                | '\u{ffff}'
                    )
                };
                assert!(!portable.contains(raw), "{portable}");
            }
        }
    }
}
