//! The digest of the format: BLAKE3, 32 bytes.
//!
//! A digest is parsed once, at the edge, and is a value from then on; no bare hex strings travel inside. It knows
//! two spellings, `blake3:<64 lower-case hex>` (the API's) and bare hex (the command-line tool's); which of them a
//! document uses is the document's concern, not this module's.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use crate::hex;

/// What the prefixed spelling starts with.
pub const PREFIX: &str = "blake3:";

/// A BLAKE3 digest of 32 bytes.
///
/// Displayed and serialised as `blake3:<64 lower-case hex>`.
///
/// ```
/// use attest_core::digest::Digest;
///
/// let digest = Digest::of(b"");
/// assert_eq!(digest.hex(), "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
/// assert_eq!(digest.to_string(), format!("blake3:{}", digest.hex()));
/// assert_eq!(Digest::parse_prefixed(&digest.to_string()), Ok(digest));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; Digest::LEN]);

/// Why a text is not a digest.
///
/// ```
/// use attest_core::digest::{Digest, ParseError};
///
/// assert_eq!(Digest::parse_prefixed("sha256:00"), Err(ParseError::Prefix));
/// assert_eq!(Digest::from_hex("00"), Err(ParseError::Length(2)));
/// let upper = Digest::of(b"").hex().to_uppercase();
/// assert_eq!(Digest::from_hex(&upper), Err(ParseError::Digit('A')));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not exactly 64 hex digits.
    #[error("a digest has 64 hex digits, this one has {0} characters")]
    Length(usize),
    /// A character outside `0-9a-f`.
    #[error("a digest is lower-case hex (0-9, a-f), found {0:?}")]
    Digit(char),
    /// The prefix `blake3:` is missing.
    #[error("a digest starts with \"blake3:\"")]
    Prefix,
}

impl Digest {
    /// Size in bytes.
    pub const LEN: usize = 32;

    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes).into())
    }

    /// The digest whose raw bytes these are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// Parses bare hex: 64 lower-case digits.
    ///
    /// # Errors
    /// [`ParseError`] for another length, or for any other character; upper-case hex is refused, because one
    /// digest has one spelling.
    pub fn from_hex(text: &str) -> Result<Self, ParseError> {
        hex::decode(text).map(Self).ok_or_else(|| {
            let is_digit = |c: &char| u8::try_from(*c).is_ok_and(|c| hex::nibble(c).is_some());
            match text.chars().find(|c| !is_digit(c)) {
                Some(bad) => ParseError::Digit(bad),
                None => ParseError::Length(text.chars().count()),
            }
        })
    }

    /// Parses `blake3:<64 lower-case hex>`.
    ///
    /// # Errors
    /// [`ParseError::Prefix`] without the prefix, else as [`Digest::from_hex`].
    pub fn parse_prefixed(text: &str) -> Result<Self, ParseError> {
        Self::from_hex(text.strip_prefix(PREFIX).ok_or(ParseError::Prefix)?)
    }

    /// The bare spelling: 64 lower-case hex digits.
    #[must_use]
    pub fn hex(&self) -> String {
        self.to_hex().to_owned()
    }

    /// As [`Digest::hex`], without a place on the heap.
    pub(crate) fn to_hex(self) -> impl AsRef<str> + Deref<Target = str> {
        blake3::Hash::from_bytes(self.0).to_hex()
    }

    /// The raw bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl From<blake3::Hash> for Digest {
    fn from(hash: blake3::Hash) -> Self {
        Self(hash.into())
    }
}

impl FromStr for Digest {
    type Err = ParseError;

    /// As [`Digest::parse_prefixed`].
    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse_prefixed(text)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse_prefixed(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the official BLAKE3 test vectors (input: the repeating sequence 0, 1, … 250).
    #[test]
    fn agrees_with_the_official_vectors() {
        let input: Vec<u8> = (0..8192_u32).map(|i| (i % 251) as u8).collect();
        for (length, expected) in [
            (
                0,
                "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
            ),
            (
                1,
                "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
            ),
            (
                1024,
                "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7",
            ),
            (
                8192,
                "aae792484c8efe4f19e2ca7d371d8c467ffb10748d8a5a1ae579948f718a2a63",
            ),
        ] {
            assert_eq!(
                Digest::of(&input[..length]).hex(),
                expected,
                "length {length}"
            );
        }
    }

    #[test]
    fn both_spellings_round_trip() {
        let digest = Digest::of(b"x");
        assert_eq!(Digest::from_hex(&digest.hex()), Ok(digest));
        assert_eq!(digest.to_string().parse(), Ok(digest));
        let json = serde_json::to_string(&digest).unwrap();
        assert_eq!(json, format!("\"{digest}\""));
        assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), digest);
    }

    #[test]
    fn one_digest_has_one_spelling() {
        let hex = Digest::of(b"x").hex();
        assert!(matches!(
            Digest::from_hex(&hex.to_uppercase()),
            Err(ParseError::Digit(_))
        ));
        assert_eq!(Digest::from_hex(&hex[1..]), Err(ParseError::Length(63)));
        assert_eq!(
            Digest::from_hex(&format!("{hex}0")),
            Err(ParseError::Length(65))
        );
        assert_eq!(
            Digest::from_hex(&format!("{}é", &hex[2..])),
            Err(ParseError::Digit('é'))
        );
        assert_eq!(
            Digest::from_hex(&format!(" {}", &hex[1..])),
            Err(ParseError::Digit(' '))
        );
        assert_eq!(Digest::parse_prefixed(&hex), Err(ParseError::Prefix));
        assert_eq!(
            Digest::parse_prefixed(&format!("blake3:blake3:{hex}")),
            Err(ParseError::Digit('l'))
        );
        assert!(serde_json::from_str::<Digest>(&format!("\"{hex}\"")).is_err());
    }

    #[test]
    fn order_is_that_of_the_bytes() {
        assert!(Digest::from_bytes([1; 32]) < Digest::from_bytes([2; 32]));
    }
}
