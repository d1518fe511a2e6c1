//! Ed25519 keys and signatures of receipts.
//!
//! Verification is strict (RFC 8032 with canonical encodings only; keys and `R` of small order refused), the set that
//! libsodium accepts, so that every language gives one answer. A weak key is refused where it is read.
//!
//! This module signs receipts, through [`crate::receipt::Body::sign`], and what is exported from them
//! ([`crate::export`]), and nothing else.

mod error;
#[cfg(feature = "fs")]
mod file;
mod id;
mod public;
mod signature;
mod signing;

pub use error::KeyError;
pub use id::KeyId;
pub use public::PublicKey;
pub use signature::Signature;
pub use signing::SigningKey;

/// What the prefixed spelling of keys and signatures starts with.
pub const PREFIX: &str = "ed25519:";

/// Lower-case hex into bytes; one spelling per value.
fn from_hex<const N: usize>(text: &str, what: &'static str) -> Result<[u8; N], KeyError> {
    let wrong = || KeyError::Hex {
        what,
        digits: N * 2,
    };
    if text.len() != N * 2 {
        return Err(wrong());
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        for digit in pair {
            let value = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return Err(wrong()),
            };
            *byte = (*byte << 4) | value;
        }
    }
    Ok(bytes)
}

fn to_hex(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from_digit(n.into(), 16).unwrap_or_default();
    bytes
        .iter()
        .flat_map(|b| [digit(b >> 4), digit(b & 15)])
        .collect()
}

#[cfg(test)]
mod tests;
