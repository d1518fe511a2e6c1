//! Making foreign text harmless: what a step or a server says must not move the cursor, set a title or paint over lines.

use std::fmt::Write;

/// The text with every control character written out but tab and colours (SGR sequences), which are ended where they
/// are left open. Characters that turn the direction of writing around are written out as well.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut coloured = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(sequence) = colour(rest) {
            coloured = !matches!(sequence, "\x1b[m" | "\x1b[0m");
            escaped.push_str(sequence);
            rest = rest.get(sequence.len()..).unwrap_or_default();
            continue;
        }
        match first {
            '\t' => escaped.push('\t'),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            c if c.is_ascii_control() => {
                let _ = write!(escaped, "\\x{:02x}", u32::from(c));
            }
            c if c.is_control() || misleads(c) => {
                let _ = write!(escaped, "\\u{{{:x}}}", u32::from(c));
            }
            c => escaped.push(c),
        }
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    if coloured {
        escaped.push_str("\x1b[0m");
    }
    escaped
}

/// The colour sequence that the text begins with: `ESC [`, digits and separators, `m`.
fn colour(text: &str) -> Option<&str> {
    let body = text.strip_prefix("\x1b[")?;
    let end = body.find(|c: char| !matches!(c, '0'..='9' | ';' | ':'))?;
    if body.get(end..)?.starts_with('m') {
        text.get(..end + 3)
    } else {
        None
    }
}

/// Line and paragraph separators, and marks and overrides of direction.
fn misleads(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// JSON text whose strings drive no terminal either. JSON itself escapes only what is below U+0020; an eight-bit control
/// sequence starts at U+009B, and what misleads can only stand inside a string, where `\uXXXX` is the same text.
pub(crate) fn escape_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && (c.is_control() || misleads(c)) {
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{escape, escape_json};

    #[test]
    fn only_tab_and_colours_pass() {
        for (given, shown) in [
            ("a\tb", "a\tb"),
            ("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
            ("\x1b[1;38;5;9mred", "\x1b[1;38;5;9mred\x1b[0m"),
            ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
            ("\x1b[2J", "\\x1b[2J"),
            ("\x1b[31", "\\x1b[31"),
            ("\x1b[?25lm", "\\x1b[?25lm"),
            ("a\rb\nc\x7f", "a\\rb\\nc\\x7f"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("abc\u{202e}fed", "abc\\u{202e}fed"),
            ("héllo 🦀", "héllo 🦀"),
            ("", ""),
        ] {
            assert_eq!(escape(given), shown, "{given:?}");
        }
    }

    #[test]
    fn json_keeps_its_meaning_and_drives_no_terminal() {
        let value = serde_json::json!({"a\u{9b}": "x\u{9b}2J\u{7f}\u{202e}\x1b[2J\n\té🦀"});
        let shown = escape_json(&format!("{value:#}"));
        assert!(
            !shown.contains(['\u{9b}', '\u{7f}', '\u{202e}', '\x1b']),
            "{shown:?}"
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).unwrap(),
            value
        );
    }
}
