//! Ed25519 keys and signatures of receipts.
//!
//! Verification is strict (RFC 8032 with canonical encodings only; keys and `R` of small order refused), the set that
//! libsodium accepts, so that every language gives one answer. A weak key is refused where it is read.
//!
//! This module signs receipts, through [`crate::receipt::Body::sign`], and what is exported from them
//! ([`crate::export`]), and nothing else.

mod encoded;
mod error;
#[cfg(feature = "fs")]
mod file;
mod id;
mod point;
mod public;
mod signature;
mod signing;

pub use encoded::EncodedKey;
pub use error::KeyError;
pub use id::KeyId;
pub use public::PublicKey;
pub use signature::Signature;
pub use signing::SigningKey;

use crate::hex;

/// What the prefixed spelling of keys and signatures starts with.
pub const PREFIX: &str = "ed25519:";

/// Hex of a key or signature; `what` is its name in an error.
fn from_hex<const N: usize>(text: &str, what: &'static str) -> Result<[u8; N], KeyError> {
    hex::decode(text).ok_or(KeyError::Hex {
        what,
        digits: N * 2,
    })
}

#[cfg(test)]
mod tests;
