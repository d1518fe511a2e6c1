//! Refusing long `[…]` and `{…}` before they are read.
//!
//! The scanner holds a whole one before it tells of its first value, at up to half a kilobyte for each character that it
//! is made of, so the limit on values would come too late. Where one starts and ends only the scanner knows: the
//! characters count wherever they stand, in texts too.

use super::{Error, ErrorKind};

/// Most indicators of a text: some 300 MB of the scanner's. In a receipt of 16 MiB that is one for every 28 bytes;
/// one in blocks has fewer.
const MOST: usize = 600_000;

/// Refuses a text with more of YAML's indicators.
pub(super) fn refuse_long(text: &str) -> Result<(), Error> {
    if text.len() <= MOST {
        return Ok(());
    }
    let mut count = 0;
    let mut before = b'\n';
    // Whether nothing but blanks stands before in the line.
    let mut first = true;
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        if is_indicator(before, *byte, after.first().copied(), first) {
            count += 1;
            if count > MOST {
                let at = text.len() - rest.len();
                let at = super::end_of(text.get(..at).unwrap_or_default());
                return Err(Error::new(ErrorKind::TooManyIndicators { limit: MOST }, at));
            }
        }
        first = is_break(*byte) || (first && matches!(byte, b' ' | b'\t'));
        before = *byte;
        rest = after;
    }
    Ok(())
}

/// Whether a character is, in a flow, more than a part of a scalar (YAML 1.2, sections 5.3 and 7.4).
fn is_indicator(before: u8, byte: u8, after: Option<u8>, first: bool) -> bool {
    let bounds = |byte| matches!(byte, b',' | b'[' | b']' | b'{' | b'}');
    let blank = |byte| matches!(byte, b' ' | b'\t') || is_break(byte);
    match byte {
        // A value's may stand right behind what is in quotes or brackets.
        b':' | b'?' => {
            after.is_none_or(|after| bounds(after) || blank(after))
                || matches!(before, b'"' | b'\'' | b']' | b'}')
        }
        b'*' | b'&' | b'!' => bounds(before) || blank(before),
        // One behind another in a line the scanner refuses at once.
        b'"' | b'\'' => first,
        // The start or end of a document.
        b'-' | b'.' => is_break(before) && after == Some(byte),
        _ => bounds(byte),
    }
}

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}
