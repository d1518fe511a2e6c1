//! The line breaks that YAML 1.1 has and YAML 1.2 has not: U+0085, U+2028 and U+2029.
//!
//! The parser follows 1.2, while the tool that receipts and pipelines are shared with writes 1.1, where U+2028 in a
//! block or in single quotes ends a line and what follows is indented. So each is shown to the parser as LF, its line is
//! remembered, and the scalars that spanned it get it back. (1.1 reads U+0085 as LF anyway.)

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;

use saphyr_parser::{ScalarStyle, Span};

use super::{Error, ErrorKind, Position};

/// The U+2028 and U+2029 of one document.
pub(super) struct Breaks<'a> {
    /// The line that each one ends, from 1, in order.
    ends: Vec<(usize, char)>,
    source: Source<'a>,
}

impl<'a> Breaks<'a> {
    /// The text as the parser shall see it, of the same number of characters, and what was changed.
    pub(super) fn normalise(text: &'a str) -> (Cow<'a, str>, Self) {
        let mut ends = Vec::new();
        let source = Source {
            rest: text.chars(),
            index: 0,
        };
        if !text.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
            return (Cow::Borrowed(text), Self { ends, source });
        }
        let mut normal = String::with_capacity(text.len());
        let mut line = 1;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if matches!(c, '\u{2028}' | '\u{2029}') {
                ends.push((line, c));
            }
            let is_break = matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}');
            // CR LF is one break, counted at its LF.
            if is_break || (c == '\r' && chars.peek() != Some(&'\n')) {
                line += 1;
            }
            normal.push(if is_break { '\n' } else { c });
        }
        (Cow::Owned(normal), Self { ends, source })
    }

    /// The text of a scalar with its line separators put back. Scalars are to be handed in in the order of the text.
    pub(super) fn restore(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        span: Span,
    ) -> Result<String, Error> {
        let spans = |first: usize, last: usize| {
            let from = self.ends.partition_point(|(line, _)| *line < first);
            self.ends
                .get(from)
                .filter(|(line, _)| *line < last)
                .is_some()
        };
        match style {
            _ if self.ends.is_empty() => Ok(text.into_owned()),
            ScalarStyle::Literal => Ok(self.restore_literal(&text, span)),
            _ if !spans(span.start.line(), span.end.line()) => Ok(text.into_owned()),
            ScalarStyle::SingleQuoted => Ok(self.source.single_quoted(span)),
            _ => {
                let at = Position {
                    line: span.start.line(),
                    column: span.start.col() + 1,
                };
                Err(Error::new(ErrorKind::RawLineSeparator, at))
            }
        }
    }

    /// A literal block has one line of source for each of its lines. Its span starts at its first character that is not
    /// a break; where it has none, its end is what is known.
    fn restore_literal(&self, text: &str, span: Span) -> String {
        let leading = text.chars().take_while(|c| *c == '\n').count();
        let known = if leading == text.len() {
            span.end
        } else {
            span.start
        };
        let mut line = known.line().saturating_sub(leading);
        text.chars()
            .map(|c| {
                if c != '\n' {
                    return c;
                }
                let ended = self.ends.binary_search_by_key(&line, |(line, _)| *line);
                line += 1;
                ended
                    .ok()
                    .and_then(|i| self.ends.get(i))
                    .map_or('\n', |(_, c)| *c)
            })
            .collect()
    }
}

/// A walk through the original text, forwards only, so that many scalars cost one pass.
struct Source<'a> {
    rest: Chars<'a>,
    index: usize,
}

impl Source<'_> {
    /// YAML 1.1, section 9.1.2: a single-quoted scalar, from its quotes.
    fn single_quoted(&mut self, span: Span) -> String {
        for _ in self.index..span.start.index() {
            self.rest.next();
        }
        let inside: String = self.rest.by_ref().take(span.len()).collect();
        self.index = span.start.index().max(self.index) + span.len();
        let inside = inside
            .strip_prefix('\'')
            .and_then(|s| s.strip_suffix('\''))
            .unwrap_or_default();
        let mut text = String::with_capacity(inside.len());
        let mut chars = inside.chars().peekable();
        while let Some(c) = chars.peek().copied() {
            if is_blank(c) || is_break(c) {
                fold(&mut chars, &mut text);
                continue;
            }
            chars.next();
            if c == '\'' {
                chars.next();
            }
            text.push(c);
        }
        text
    }
}

/// Blanks stay, unless they touch a break; one LF is a blank, of several the first is dropped; separators stay.
fn fold(chars: &mut Peekable<Chars<'_>>, text: &mut String) {
    let mut blanks = String::new();
    let mut breaks: Vec<char> = Vec::new();
    while let Some(c) = chars.next_if(|c| is_blank(*c) || is_break(*c)) {
        match c {
            '\u{2028}' | '\u{2029}' => breaks.push(c),
            '\r' if chars.peek() == Some(&'\n') => {}
            c if is_break(c) => breaks.push('\n'),
            c => blanks.push(c),
        }
    }
    match breaks.as_slice() {
        [] => text.push_str(&blanks),
        ['\n'] => text.push(' '),
        ['\n', rest @ ..] => text.extend(rest),
        all => text.extend(all),
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
