//! Verification: a receipt, the keys one trusts and what one expects, into a report.
//!
//! A [`Verifier`] is built once and used many times, from many threads. It does no I/O, and a bad receipt is a
//! [`Report`], never an error; only bytes that nothing can be said about are one.
//!
//! ```
//! use attest_core::verify::Verifier;
//!
//! # let receipt = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
//! let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
//! let verifier = Verifier::builder().trusted_keys([key])?.policy("require-success")?.build();
//! let report = verifier.verify_bytes(receipt)?;
//! for check in &report.checks {
//!     println!("{:?} {:?} {}", check.name, check.status, check.detail);
//! }
//! assert!(report.valid);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod artifact;
mod artifacts;
mod batch;
mod binding;
mod builder;
mod checked;
pub mod code;
pub(crate) mod consistency;
mod evidence;
mod expect;
mod material;
mod outcome;
pub mod policy;
mod recomputed;
mod refused;
pub mod report;
mod signature;
mod timestamp;
mod trusted;
mod verifier;

pub use artifact::{ArtifactReport, AttestedFile};
pub use builder::{BuildError, Builder};
pub use evidence::{Evidence, HeldFile};
pub use expect::Expect;
pub use policy::{Policy, PolicyError};
pub use recomputed::Recomputed;
pub use report::{
    Check, CheckName, ExecutionReport, Outcome, PolicyReport, Report, SignatureReport, Status,
    TimestampReport, TrustReport, TrustState, Violation, Warning,
};
pub use verifier::Verifier;

/// Why a check, or a policy, is not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// A word of [`code`].
    pub(crate) code: &'static str,
    /// What is wrong, with the value.
    pub(crate) detail: String,
}

impl Fault {
    pub(crate) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}
