//! What a scalar means when a field asks for a text, a number, a bool or null.
//!
//! The rules are those of the readers that receipts and pipelines are shared with: only a plain scalar is a number, a
//! bool or null; a text takes any scalar as it is spelled.

use super::Node;
use super::node::Kind;

impl<'a> Node<'a> {
    /// The text of a scalar as it is spelled, quoted or not (`1.10` is the text `1.10`).
    pub fn as_text(self) -> Option<&'a str> {
        let scalar = !matches!(self.token.kind, Kind::Seq | Kind::Map);
        scalar.then_some(&self.token.text)
    }

    /// Whether this is a scalar without quotes; a JSON number, bool or null counts as one.
    pub fn is_plain(self) -> bool {
        self.plain().is_some()
    }

    /// Whether this is a plain `null`, `Null`, `NULL`, `~`, or nothing at all.
    pub fn is_null(self) -> bool {
        matches!(self.plain(), Some("" | "~" | "null" | "Null" | "NULL"))
    }

    /// A plain `true`, `True`, `TRUE`, `false`, `False` or `FALSE`.
    pub fn as_bool(self) -> Option<bool> {
        match self.plain()? {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }

    /// A plain integer from 0 to 2^64 − 1: decimal, `0x`, `0o` or `0b`, with or without `+`; no leading zeros, no
    /// underscores, no fraction.
    pub fn as_u64(self) -> Option<u64> {
        u64::try_from(integer(self.plain()?)?).ok()
    }

    /// As [`as_u64`](Self::as_u64), from −2^63 to 2^63 − 1, with `-` too.
    pub fn as_i64(self) -> Option<i64> {
        i64::try_from(integer(self.plain()?)?).ok()
    }

    /// Whether this is a plain scalar that reads as null, a bool or a number, and so is no text where types count. JSON's
    /// numbers do in any size: `1e400`, which YAML takes for a text, is one there.
    pub fn is_typed(self) -> bool {
        self.token.kind == Kind::Literal || self.plain().is_some_and(reads_as_typed)
    }

    /// What this is, for an error message: `a map`, `a sequence`, `null`, or the text.
    pub fn describe(self) -> String {
        let text = &self.token.text;
        match self.token.kind {
            Kind::Map => "a map".to_owned(),
            Kind::Seq => "a sequence".to_owned(),
            _ if self.is_null() => "null".to_owned(),
            Kind::Plain | Kind::Literal | Kind::Quoted => {
                let head: String = text.chars().take(40).collect();
                if head.len() < text.len() {
                    format!("{head:?}…")
                } else {
                    format!("{head:?}")
                }
            }
        }
    }

    fn plain(self) -> Option<&'a str> {
        matches!(self.token.kind, Kind::Plain | Kind::Literal).then_some(&self.token.text)
    }
}

/// Whether `text`, standing plain, reads as null, a bool or a number instead of a text.
pub(crate) fn reads_as_typed(text: &str) -> bool {
    let word = matches!(
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
    );
    word || integer(text).is_some() || is_float(text)
}

/// A finite decimal fraction, an integer too large for [`integer`], or one of YAML's words for the rest.
fn is_float(text: &str) -> bool {
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let magnitude = text.strip_prefix(['+', '-']).unwrap_or(text);
    let leading_zero = magnitude.len() > 1
        && magnitude.starts_with('0')
        && magnitude.bytes().all(|b| b.is_ascii_digit());
    matches!(magnitude, ".inf" | ".Inf" | ".INF")
        || (!leading_zero
            && !magnitude.starts_with(['+', '-'])
            && magnitude.parse().is_ok_and(f64::is_finite))
}

fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x") => (16, digits.get(2..)?),
        Some("0o") => (8, digits.get(2..)?),
        Some("0b") => (2, digits.get(2..)?),
        _ => (10, digits),
    };
    // `from_str_radix` takes a sign of its own; and a decimal with a leading zero is a text.
    if !digits.bytes().all(|b| b.is_ascii_alphanumeric())
        || (radix == 10 && digits.len() > 1 && digits.starts_with('0'))
    {
        return None;
    }
    let magnitude = i128::from_str_radix(digits, radix).ok()?;
    Some(if negative { -magnitude } else { magnitude })
}
