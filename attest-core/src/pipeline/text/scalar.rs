//! One text as a YAML scalar: which of the four styles it takes, and how it is written in it.

use std::fmt::Write as _;

/// Where a scalar leaves the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Behind its last character.
    InLine,
    /// At the start of the next line: a literal block whose last character is a line break.
    LineStart,
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

/// Writes `text`; its further lines, if it has any, are indented by `indent` blanks.
pub(super) fn write(out: &mut String, text: &str, indent: usize) -> End {
    match style(text) {
        Style::Plain => out.push_str(text),
        Style::SingleQuoted => single_quoted(out, text, indent),
        Style::DoubleQuoted => double_quoted(out, text),
        Style::Literal => return literal(out, text, indent),
    }
    End::InLine
}

/// Line breaks of the format. CR and U+0085 are unprintable besides.
pub(super) const fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

const fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..)
}

fn style(text: &str) -> Style {
    if text.chars().any(|c| c != '\n' && !is_printable(c)) {
        return Style::DoubleQuoted;
    }
    let broken = text.chars().any(is_break);
    let blank_before_break = pairs(text).any(|(c, next)| c == ' ' && next.is_some_and(is_break));
    if text.contains('\n') {
        return if blank_before_break || text.ends_with(' ') {
            Style::DoubleQuoted
        } else {
            Style::Literal
        };
    }
    if broken {
        let blank_after_break = pairs(text).any(|(c, next)| is_break(c) && next == Some(' '));
        return if blank_before_break || blank_after_break {
            Style::DoubleQuoted
        } else {
            Style::SingleQuoted
        };
    }
    if reads_as_other_type(text) || needs_quotes(text) {
        Style::SingleQuoted
    } else {
        Style::Plain
    }
}

/// Whether plain text would be read as null, a bool or a number, or is so close to one that it is quoted.
fn reads_as_other_type(text: &str) -> bool {
    matches!(
        text,
        "" | "~"
            | "null"
            | "Null"
            | "NULL"
            | "true"
            | "True"
            | "TRUE"
            | "false"
            | "False"
            | "FALSE"
    ) || is_integer(text)
        || is_float(text)
        || is_digits_with_leading_zero(text)
}

/// `0x`, `0o` and `0b` integers from −2^127 to 2^128 − 1. Decimal ones are floats too.
fn is_integer(text: &str) -> bool {
    let (negative, magnitude) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    [("0x", 16), ("0o", 8), ("0b", 2)]
        .into_iter()
        .any(|(prefix, radix)| {
            magnitude.strip_prefix(prefix).is_some_and(|digits| {
                digits.starts_with(|c: char| c.is_ascii_alphanumeric())
                    && match u128::from_str_radix(digits, radix) {
                        Ok(value) => !negative || value <= 1 << 127,
                        Err(_) => false,
                    }
            })
        })
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if unsigned.len() < text.len() && unsigned.starts_with(['+', '-']) {
        return false;
    }
    let special = unsigned
        .strip_prefix('-')
        .filter(|_| unsigned.len() == text.len())
        .unwrap_or(unsigned);
    matches!(special, ".inf" | ".Inf" | ".INF")
        || matches!(text, ".nan" | ".NaN" | ".NAN")
        || unsigned.parse::<f64>().is_ok_and(f64::is_finite)
}

fn is_digits_with_leading_zero(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether plain text (of one line) would be read as YAML's own signs.
fn needs_quotes(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars.next().unwrap_or(' ');
    matches!(
        first,
        '#' | ','
            | '['
            | ']'
            | '{'
            | '}'
            | '&'
            | '*'
            | '!'
            | '|'
            | '>'
            | '\''
            | '"'
            | '%'
            | '@'
            | '`'
            | ' '
    ) || matches!(first, '-' | '?' | ':') && matches!(chars.next(), None | Some(' '))
        || text.starts_with("---")
        || text.starts_with("...")
        || text.contains(": ")
        || text.ends_with(':')
        || text.contains(" #")
        || text.ends_with(' ')
}

/// The indentation goes before each character that follows a break and is not itself one, and before the end quote.
fn single_quoted(out: &mut String, text: &str, indent: usize) {
    out.push('\'');
    let mut after_break = false;
    for c in text.chars() {
        if after_break && !is_break(c) {
            pad(out, indent);
        }
        after_break = is_break(c);
        out.push(c);
        if c == '\'' {
            out.push('\'');
        }
    }
    if after_break {
        pad(out, indent);
    }
    out.push('\'');
}

fn double_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        let short = match c {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '"' => '"',
            '\\' => '\\',
            '\u{85}' => 'N',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            c if is_printable(c) => {
                out.push(c);
                continue;
            }
            c => {
                let code = u32::from(c);
                // Writing to a String cannot fail.
                let _ = if code <= 0xff {
                    write!(out, "\\x{code:02X}")
                } else {
                    write!(out, "\\u{code:04X}")
                };
                continue;
            }
        };
        out.push('\\');
        out.push(short);
    }
    out.push('"');
}

fn literal(out: &mut String, text: &str, indent: usize) -> End {
    out.push('|');
    if text.starts_with(|c| c == ' ' || is_break(c)) {
        out.push('2');
    }
    let mut from_end = text.chars().rev();
    let ends_in_break = from_end.next().is_some_and(is_break);
    match from_end.next() {
        _ if !ends_in_break => out.push('-'),
        Some(c) if !is_break(c) => {}
        _ => out.push('+'),
    }
    out.push('\n');
    let mut at_start = true;
    for c in text.chars() {
        if at_start && !is_break(c) {
            pad(out, indent);
        }
        at_start = is_break(c);
        out.push(c);
    }
    if at_start {
        End::LineStart
    } else {
        End::InLine
    }
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn pairs(text: &str) -> impl Iterator<Item = (char, Option<char>)> {
    text.chars()
        .zip(text.chars().skip(1).map(Some).chain([None]))
}
