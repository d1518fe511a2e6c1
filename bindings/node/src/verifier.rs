//! Verifying receipts without any client.

use attest_bindings_support as support;
use napi_derive::napi;

use crate::outcome::{Outcome, now};
use crate::receipt::Receipt;

/// Judges receipts.
#[napi]
pub struct Verifier {
    support: support::Verifier,
}

#[napi]
impl Verifier {
    /// A verifier of these options, a JSON object.
    #[napi]
    pub fn build(options: String) -> Outcome<Verifier> {
        now(|| {
            let support = support::Verifier::new(options.as_bytes())?;
            Ok(Self { support })
        })
    }

    /// Whether the bytes are a valid receipt.
    #[napi]
    pub fn verify(&self, bytes: &[u8]) -> Outcome<bool> {
        now(|| self.support.verify(bytes))
    }

    /// Whether a receipt that was read is valid.
    #[napi]
    pub fn verify_of(&self, receipt: &Receipt) -> Outcome<bool> {
        now(|| Ok(self.support.verify_of(&receipt.support)))
    }

    /// The report on the bytes, as JSON.
    #[napi]
    pub fn report(&self, bytes: &[u8]) -> Outcome<String> {
        now(|| self.support.report(bytes))
    }

    /// The report on a receipt that was read, as JSON.
    #[napi]
    pub fn report_of(&self, receipt: &Receipt) -> Outcome<String> {
        now(|| self.support.report_of(&receipt.support))
    }
}
