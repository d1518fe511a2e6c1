//! The short name of a key.

use std::fmt;
use std::str::FromStr;

use super::{KeyError, from_hex};
use crate::hex;

/// The first 16 bytes of the BLAKE3 of a raw public key. A hint which key is meant, never a proof.
///
/// Displayed as 32 lower-case hex digits.
///
/// ```
/// use attest_core::key::{KeyId, PublicKey};
///
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// let key = PublicKey::parse(key)?;
/// assert_eq!(key.id().to_string(), "6c31041268f471609c79f5f2dbcc38e4");
/// assert_eq!(KeyId::parse("6c31041268f471609c79f5f2dbcc38e4")?, key.id());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 16]);

impl KeyId {
    pub(super) fn of(raw_public_key: &[u8; 32]) -> Self {
        let hash = blake3::hash(raw_public_key);
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().zip(hash.as_bytes()) {
            *to = *from;
        }
        Self(id)
    }

    /// Parses 32 lower-case hex digits.
    ///
    /// # Errors
    /// [`KeyError::Hex`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        from_hex(text, "a key id").map(Self)
    }

    /// The raw bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl FromStr for KeyId {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::parse(text)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}
