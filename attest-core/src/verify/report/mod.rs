//! The report: what was checked, with what result. Its JSON is the answer of `POST /v1/receipts/verify`.

mod check;
mod facts;
mod policy;

use serde::{Deserialize, Serialize};

pub use check::{Check, CheckName, Status};
pub use facts::{
    ExecutionReport, Outcome, SignatureReport, TimestampReport, TrustReport, TrustState, Warning,
};
pub use policy::{PolicyReport, Violation};

/// The verdict on one receipt.
///
/// ```
/// use attest_core::verify::{Report, Verifier};
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// let report = Verifier::builder().trusted_keys([key])?.build().verify_bytes(bytes)?;
/// assert!(report.valid && report.first_failure().is_none());
/// // It travels as JSON: the answer of `POST /v1/receipts/verify`.
/// let sent = serde_json::to_string(&report)?;
/// assert_eq!(serde_json::from_str::<Report>(&sent)?, report);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// True only if nothing failed and every policy is met.
    pub valid: bool,
    /// Every check, always all of them, in this order.
    pub checks: Vec<Check>,
    /// Who signed.
    pub signature_verification: SignatureReport,
    /// Which policies were asked, and which are not met.
    pub policy_compliance: PolicyReport,
    /// How old the receipt says it is.
    pub timestamp_check: TimestampReport,
    /// `blake3:…` of the canonical bytes; null where the structure is wrong.
    pub receipt_hash: Option<String>,
    /// How the run ended, by the receipt.
    pub execution: ExecutionReport,
    /// Where the trusted keys come from.
    pub trust_material: TrustReport,
    /// What is not wrong and should be known.
    pub warnings: Vec<Warning>,
}

impl Report {
    /// One check.
    pub fn check(&self, name: CheckName) -> Option<&Check> {
        self.checks.iter().find(|c| c.name == name)
    }

    /// The first check that failed.
    pub fn first_failure(&self) -> Option<&Check> {
        self.checks.iter().find(|c| c.status == Status::Fail)
    }
}
