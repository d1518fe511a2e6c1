//! Writing a receipt: JSON for the API, YAML for the command-line tool.
//!
//! The YAML is a small part of the language that every reader agrees on: block maps and sequences, plain words, double
//! quotes with JSON's escapes, and literal blocks for plain lines of output.

use std::io;

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::Formatter;

use super::document::Document;
use super::{Body, Receipt, Rendering, Seal};

pub(super) fn json(receipt: &Receipt, form: Rendering) -> String {
    json_of(receipt.body(), receipt.seal(), form)
}

pub(super) fn json_of(body: &Body, seal: &Seal, form: Rendering) -> String {
    portable_json(&Document::of(body, seal, form))
}

pub(super) fn yaml(receipt: &Receipt, form: Rendering) -> String {
    let document = Document::of(receipt.body(), receipt.seal(), form);
    let mut out = String::new();
    // Texts and numbers: that cannot fail.
    let value = serde_json::to_value(&document).unwrap_or_default();
    block(&mut out, &value, 0);
    out
}

/// Compact JSON that a YAML 1.1 reader takes too.
fn portable_json(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Portable);
    // Writing texts and numbers into memory cannot fail.
    let written = value.serialize(&mut serializer);
    debug_assert!(written.is_ok());
    String::from_utf8(out).unwrap_or_default()
}

/// Compact, with escapes for the characters that YAML 1.1 cannot take raw or takes for a line break.
struct Portable;

impl Formatter for Portable {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(needs_escape) {
            let (before, after) = rest.split_at(at);
            writer.write_all(before.as_bytes())?;
            let mut chars = after.chars();
            if let Some(c) = chars.next() {
                write!(writer, "\\u{:04x}", u32::from(c))?;
            }
            rest = chars.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

fn needs_escape(c: char) -> bool {
    matches!(
        c,
        '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
    )
}

/// The entries of a map or the items of a sequence, each on a line of its own, `indent` blanks deep.
fn block(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                pad(out, indent);
                entry(out, key, value, indent);
            }
        }
        Value::Array(items) => {
            for item in items {
                pad(out, indent);
                out.push_str("- ");
                match item {
                    // The first entry stands on the line of the dash, the rest below it.
                    Value::Object(map) => {
                        for (i, (key, value)) in map.iter().enumerate() {
                            if i > 0 {
                                pad(out, indent + 2);
                            }
                            entry(out, key, value, indent + 2);
                        }
                    }
                    scalar => line(out, scalar, indent),
                }
            }
        }
        scalar => line(out, scalar, indent),
    }
}

fn entry(out: &mut String, key: &str, value: &Value, indent: usize) {
    out.push_str(key);
    out.push(':');
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            block(out, value, indent + 2);
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('\n');
            block(out, value, indent);
        }
        scalar => {
            out.push(' ');
            line(out, scalar, indent);
        }
    }
}

/// A scalar or an empty collection, and the end of its line.
fn line(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::String(text) if is_plain_word(text) => out.push_str(text),
        Value::String(text) if is_plain_lines(text) => {
            out.push('|');
            for line in text.lines() {
                out.push('\n');
                if !line.is_empty() {
                    pad(out, indent + 2);
                    out.push_str(line);
                }
            }
        }
        value => out.push_str(&portable_json(value)),
    }
    out.push('\n');
}

/// A word that no version of YAML reads as anything but a text.
fn is_plain_word(text: &str) -> bool {
    let typed = [
        "null", "true", "false", "yes", "no", "on", "off", "y", "n", "inf", "nan",
    ];
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'/' | b'-'))
        && !typed.contains(&text.to_ascii_lowercase().as_str())
}

/// Lines that can stand in a literal block as they are: each ends in one LF, the last too, and nothing hides in them.
fn is_plain_lines(text: &str) -> bool {
    let printable = |c: char| matches!(c, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{10000}'..);
    text.ends_with('\n')
        && !text.ends_with("\n\n")
        && !text.starts_with([' ', '\n'])
        && text
            .split('\n')
            .all(|line| !line.ends_with(' ') && line.chars().all(printable))
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}
