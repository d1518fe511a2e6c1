//! Writing a receipt: JSON for the API, YAML for the command-line tool.
//!
//! The YAML is a small part of the language that every reader agrees on: block maps and sequences, plain words, double
//! quotes with JSON's escapes, and literal blocks for plain lines of output.

use serde_json::Value;

use super::json::Json;
use super::{Body, Receipt, Rendering, Seal, document};

pub(super) fn json(receipt: &Receipt, form: Rendering) -> String {
    json_of(receipt.body(), receipt.seal(), form)
}

pub(super) fn json_of(body: &Body, seal: &Seal, form: Rendering) -> String {
    let mut json = Json::portable();
    document::write(&mut json, body, seal, form);
    json.finish()
}

pub(super) fn yaml(receipt: &Receipt, form: Rendering) -> String {
    let json = json_of(receipt.body(), receipt.seal(), form);
    // It was just written, and the order of its fields is kept.
    let value = serde_json::from_str(&json).unwrap_or_default();
    let mut out = String::new();
    block(&mut out, &value, 0);
    out
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
        Value::String(text) => {
            let mut json = Json::portable();
            json.text(text);
            out.push_str(&json.finish());
        }
        // A number, a word, or an empty collection.
        value => out.push_str(&value.to_string()),
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
