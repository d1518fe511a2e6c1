//! Maps and lists in block form: where keys, dashes, blanks and line ends go.

use super::scalar::{self, End};

/// Blanks a level.
const LEVEL: usize = 2;

/// A key of more bytes than this cannot stand before its colon on one line.
const LONGEST_SIMPLE_KEY: usize = 128;

/// What a pipeline's text is made of.
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    Number(u64),
    Text(&'a str),
    List(&'a [String]),
    /// In the order to write.
    Map(Vec<(&'a str, Value<'a>)>),
}

/// The text of a document that is this map.
pub(super) fn write(fields: &[(&str, Value<'_>)]) -> String {
    let mut out = String::new();
    entries(&mut out, fields, 0, false);
    out
}

/// The entries of a map, each from the start of a line; the first one goes on in the line where `inline` is set.
fn entries(out: &mut String, map: &[(&str, Value<'_>)], indent: usize, inline: bool) {
    for (index, (key, value)) in map.iter().enumerate() {
        if index > 0 || !inline {
            pad(out, indent);
        }
        let simple = key.len() <= LONGEST_SIMPLE_KEY && !key.chars().any(scalar::is_break);
        if simple {
            scalar::write(out, key, indent + LEVEL);
        } else {
            out.push_str("? ");
            let end = scalar::write(out, key, indent + LEVEL);
            finish(out, end);
            pad(out, indent);
        }
        out.push(':');
        write_value(out, value, indent, simple);
    }
}

/// A value after its key's colon, to the end of its last line.
fn write_value(out: &mut String, value: &Value<'_>, indent: usize, simple_key: bool) {
    match value {
        Value::Null => out.push_str(" null\n"),
        Value::Bool(true) => out.push_str(" true\n"),
        Value::Bool(false) => out.push_str(" false\n"),
        Value::Number(number) => {
            out.push(' ');
            out.push_str(&number.to_string());
            out.push('\n');
        }
        Value::Text(text) => item(out, text, indent),
        Value::List([]) => out.push_str(" []\n"),
        Value::List(texts) => {
            out.push('\n');
            for text in *texts {
                pad(out, indent);
                out.push('-');
                item(out, text, indent);
            }
        }
        Value::Map(map) if map.is_empty() => out.push_str(" {}\n"),
        Value::Map(map) => {
            out.push(if simple_key { '\n' } else { ' ' });
            entries(out, map, indent + LEVEL, !simple_key);
        }
    }
}

/// A text after a colon or dash.
fn item(out: &mut String, text: &str, indent: usize) {
    out.push(' ');
    let end = scalar::write(out, text, indent + LEVEL);
    finish(out, end);
}

fn finish(out: &mut String, end: End) {
    if end == End::InLine {
        out.push('\n');
    }
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}
