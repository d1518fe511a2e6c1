//! A public key as a document names it: 32 bytes of which nobody knows yet whether they are one.

use std::fmt;

use super::{KeyError, PREFIX, PublicKey, from_hex};
use crate::hex;

/// What stands where a public key should: the encoding of a point (RFC 8032, section 5.1.2), perhaps.
///
/// Finding the point costs a tenth of verifying a signature, so it is left to the one who needs it; a verifier has the
/// points of the keys that it trusts already.
///
/// ```
/// use attest_core::key::EncodedKey;
///
/// let named = EncodedKey::from_hex(&"0".repeat(64))?;
/// let error = named.decode().unwrap_err();
/// assert!(error.to_string().contains("weak"), "{error}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EncodedKey([u8; 32]);

impl EncodedKey {
    /// Parses bare hex: 64 lower-case digits.
    ///
    /// # Errors
    /// [`KeyError::Hex`].
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        from_hex(text, "a public key").map(Self)
    }

    /// The key.
    ///
    /// # Errors
    /// [`KeyError::NotAPoint`] and [`KeyError::Weak`].
    pub fn decode(&self) -> Result<PublicKey, KeyError> {
        PublicKey::from_bytes(self.0)
    }

    /// The raw bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The bare spelling: 64 lower-case hex digits.
    pub fn hex(&self) -> String {
        hex::encode(&self.0)
    }
}

impl From<PublicKey> for EncodedKey {
    fn from(key: PublicKey) -> Self {
        Self(*key.as_bytes())
    }
}

impl fmt::Debug for EncodedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncodedKey({PREFIX}{})", self.hex())
    }
}
