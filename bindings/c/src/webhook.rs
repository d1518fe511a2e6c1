//! Webhooks, as their receiver sees them.

use attest_bindings_support::{guard, webhook};

use crate::slice::Slice;

/// Whether `signature`, the value of X-Attest-Signature, is that of the raw body `payload` by `secret`, compared in constant
/// time. Anything that is no signature is false. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_webhook_verify(payload: Slice, signature: Slice, secret: Slice) -> bool {
    let verified = guard::call(|| {
        let payload = payload.bytes("payload")?;
        let (signature, secret) = (signature.bytes("signature")?, secret.bytes("secret")?);
        Ok(webhook::verify(payload, signature, secret))
    });
    verified.unwrap_or(false)
}
