//! The line breaks that YAML 1.1 has and YAML 1.2 has not: U+0085, U+2028 and U+2029.
//!
//! The parser follows 1.2, while the tool that receipts and pipelines are shared with writes 1.1, where U+2028 in a
//! block or in single quotes ends a line and what follows is indented. So each is shown to the parser as LF, its line is
//! remembered, and the scalars that spanned it get it back. (1.1 reads U+0085 as LF anyway.) The two versions also
//! differ about a block that ends with the text and without a break, and here too 1.1 is followed.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;

use saphyr_parser::{ScalarStyle, Span};

use super::{Error, ErrorKind, Position};

/// The U+2028 and U+2029 of one document.
pub(super) struct Breaks<'a> {
    /// The line that each one ends, from 1, in order.
    ends: Vec<(usize, char)>,
    /// How the text ends, if it does not end in a break.
    open_end: Option<OpenEnd>,
    source: Source<'a>,
}

/// A text that does not end in a line break.
#[derive(Clone, Copy)]
struct OpenEnd {
    /// Its length in characters.
    index: usize,
    /// Whether its last line is blanks alone.
    blank: bool,
}

impl<'a> Breaks<'a> {
    /// The text as the parser shall see it, of the same number of characters, and what was changed.
    pub(super) fn normalise(text: &'a str) -> (Cow<'a, str>, Self) {
        let mut ends = Vec::new();
        let source = Source {
            rest: text.chars(),
            index: 0,
        };
        let last_line = text.rsplit(is_break).next().unwrap_or_default();
        let open_end = (!last_line.is_empty()).then(|| OpenEnd {
            index: text.chars().count(),
            blank: last_line.chars().all(is_blank),
        });
        if !text.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
            let breaks = Self {
                ends,
                open_end,
                source,
            };
            return (Cow::Borrowed(text), breaks);
        }
        let mut normal = String::with_capacity(text.len());
        let mut line = 1_usize;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if matches!(c, '\u{2028}' | '\u{2029}') {
                ends.push((line, c));
            }
            let is_break = match c {
                // CR LF is one break, counted at its LF; a CR before any other break is one of its own.
                '\r' => chars.peek() != Some(&'\n'),
                c => is_break(c),
            };
            line += usize::from(is_break);
            normal.push(if is_break { '\n' } else { c });
        }
        let breaks = Self {
            ends,
            open_end,
            source,
        };
        (Cow::Owned(normal), breaks)
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
        let text = match text.strip_suffix('\n') {
            Some(without) if self.gives_a_break_too_many(&text, style, span) => {
                Cow::Borrowed(without)
            }
            _ => Cow::Borrowed(&*text),
        };
        match style {
            _ if self.ends.is_empty() => Ok(text.into_owned()),
            ScalarStyle::Literal => Ok(self.restore_literal(&text, span)),
            ScalarStyle::Folded if spans(first_line(&text, span), span.end.line()) => {
                Err(refusal(span))
            }
            _ if !spans(span.start.line(), span.end.line()) => Ok(text.into_owned()),
            ScalarStyle::SingleQuoted => Ok(self.source.single_quoted(span)),
            _ => Err(refusal(span)),
        }
    }

    /// Whether the parser ended a block with a break that the text does not have: 1.1 gives a block no more than it has.
    fn gives_a_break_too_many(&self, text: &str, style: ScalarStyle, span: Span) -> bool {
        let Some(end) = self.open_end.filter(|end| end.index == span.end.index()) else {
            return false;
        };
        let breaks = text.matches('\n').count();
        let lines = span.end.line().saturating_sub(span.start.line());
        match style {
            ScalarStyle::Literal | ScalarStyle::Folded if breaks == text.len() => breaks >= lines,
            ScalarStyle::Literal => breaks > span.end.line().saturating_sub(first_line(text, span)),
            ScalarStyle::Folded => !end.blank,
            _ => false,
        }
    }

    /// A literal block has one line of source for each of its lines.
    fn restore_literal(&self, text: &str, span: Span) -> String {
        let mut line = first_line(text, span);
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

/// The line of a block's first character. The span starts at the first that is not a break; where there is none, its
/// end is what is known.
fn first_line(text: &str, span: Span) -> usize {
    let leading = text.chars().take_while(|c| *c == '\n').count();
    let known = if leading == text.len() {
        span.end
    } else {
        span.start
    };
    known.line().saturating_sub(leading)
}

fn refusal(span: Span) -> Error {
    let at = Position {
        line: span.start.line(),
        column: span.start.col() + 1,
    };
    Error::new(ErrorKind::RawLineSeparator, at)
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
