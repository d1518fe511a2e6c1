//! Webhooks as their receiver sees them: is this body from the server that shares the secret?

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// What the value of `X-Attest-Signature` starts with.
const PREFIX: &str = "sha256=";

/// Whether `signature`, the value of the header `X-Attest-Signature`, is that of `payload`, the raw body, by `secret`:
/// `sha256=` and the lower-case hex of HMAC-SHA256 (RFC 2104) with the secret's UTF-8 bytes as the key.
///
/// The comparison takes the same time wherever the two differ. Anything that is no signature is `false`, never an error.
/// It says nothing about the body's age. An empty secret is `false` whatever it signed: a receiver whose secret was never
/// set must not take everybody's word.
///
/// ```
/// use attest_core::webhook::verify;
///
/// let signature = "sha256=734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a";
/// assert!(verify(b"hello world", signature, "secret"));
/// assert!(!verify(b"hello world!", signature, "secret"));
/// ```
#[must_use]
pub fn verify(payload: &[u8], signature: &str, secret: &str) -> bool {
    if secret.is_empty() {
        return false;
    }
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return false;
    };
    mac.update(payload);
    let mut expected = PREFIX.to_owned();
    for byte in mac.finalize().into_bytes() {
        expected.push_str(&format!("{byte:02x}"));
    }
    // Different lengths compare as different at once: the length of a signature is no secret.
    expected.as_bytes().ct_eq(signature.as_bytes()).into()
}
