//! Webhooks, as their receiver sees them.

/// Whether `signature`, the value of `X-Attest-Signature`, is that of the raw body `payload` by `secret`. Anything that
/// is no signature, or no UTF-8, is `false`.
#[must_use]
pub fn verify(payload: &[u8], signature: &[u8], secret: &[u8]) -> bool {
    match (std::str::from_utf8(signature), std::str::from_utf8(secret)) {
        (Ok(signature), Ok(secret)) => attest_sdk::webhook::verify(payload, signature, secret),
        _ => false,
    }
}
