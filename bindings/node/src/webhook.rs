//! Webhooks, as their receiver sees them.

use attest_bindings_support::webhook;
use napi_derive::napi;

use crate::outcome::{Outcome, now};

/// Whether `signature` is that of the raw body by `secret`.
#[napi]
pub fn verify_webhook(payload: &[u8], signature: &[u8], secret: &[u8]) -> Outcome<bool> {
    now(|| Ok(webhook::verify(payload, signature, secret)))
}
