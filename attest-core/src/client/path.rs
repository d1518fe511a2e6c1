//! Ids, digests and file paths as parts of a URL's path.

use crate::error::{Error, ErrorKind};

/// Encodes one segment. Everything but unreserved characters and `:` is escaped, so `/`, `?` and `#` stay inside it.
///
/// # Errors
/// [`ErrorKind::Config`] for an empty segment, `.` and `..`, which a URL parser would resolve away.
pub(super) fn segment(what: &str, text: &str) -> Result<String, Error> {
    if matches!(text, "" | "." | "..") {
        return Err(Error::new(
            ErrorKind::Config,
            format!("`{text}` cannot be {what}: give the one the server handed out"),
        ));
    }
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' => {
                encoded.push(byte.into())
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(encoded)
}

/// Encodes a relative file path, segment by segment.
///
/// # Errors
/// As [`segment`], for any of its parts.
pub(super) fn file(text: &str) -> Result<String, Error> {
    let parts: Result<Vec<_>, _> = text
        .split('/')
        .map(|part| segment("a part of an artifact's path", part))
        .collect();
    Ok(parts?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_cannot_leave_its_place() {
        assert_eq!(
            segment("an id", "a/../b?c#d%é").unwrap(),
            "a%2F..%2Fb%3Fc%23d%25%C3%A9"
        );
        assert_eq!(segment("an id", "blake3:ab").unwrap(), "blake3:ab");
        for bad in ["", ".", ".."] {
            assert_eq!(segment("an id", bad).unwrap_err().kind(), ErrorKind::Config);
        }
        assert_eq!(file("lib/a b.so").unwrap(), "lib/a%20b.so");
        for bad in ["a//b", "/a", "a/", "a/../b", ""] {
            assert!(file(bad).is_err(), "{bad}");
        }
    }
}
