//! A signature as a value.

use std::fmt;

use super::{KeyError, PREFIX, from_hex};
use crate::hex;

/// An Ed25519 signature of 64 bytes. Displayed as `ed25519:<128 lower-case hex>`.
///
/// ```
/// use attest_core::receipt::Receipt;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// let receipt = Receipt::parse(bytes)?;
/// let (signature, key) = (receipt.signature(), receipt.signer_public_key());
/// let (signature, key) = signature.zip(key).ok_or("not signed")?;
/// // That is all the cryptography of a receipt; whom to believe is a verifier's question.
/// assert!(key.verify_strict(&receipt.body().canonical_bytes(), signature));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature([u8; 64]);

impl Signature {
    /// The signature whose raw bytes these are.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// Parses bare hex: 128 lower-case digits.
    ///
    /// # Errors
    /// [`KeyError::Hex`].
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        from_hex(text, "a signature").map(Self)
    }

    /// The raw bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// The bare spelling: 128 lower-case hex digits.
    pub fn hex(&self) -> String {
        hex::encode(&self.0)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.hex())
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}
