//! The policies of a report.

use serde::{Deserialize, Serialize};

/// Which policies were asked, and which are not met.
///
/// ```
/// # use attest_core::verify::Verifier;
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// let verifier = Verifier::builder().trusted_keys([key])?;
/// let asked = ["require-success", "require-reproducible"];
/// let report = verifier.policies(asked)?.build().verify_bytes(bytes)?.policy_compliance;
/// assert_eq!(report.evaluated, asked);
/// assert_eq!(report.violations.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyReport {
    /// Whether every one is met.
    pub passed: bool,
    /// Every policy that was asked, in order.
    pub evaluated: Vec<String>,
    /// Those that are not met, in order.
    pub violations: Vec<Violation>,
}

/// A policy that is not met.
///
/// ```
/// # use attest_core::verify::Verifier;
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// let verifier = Verifier::builder().trusted_keys([key])?.policy("step:deploy")?.build();
/// let report = verifier.verify_bytes(bytes)?;
/// let violation = &report.policy_compliance.violations[0];
/// assert_eq!((&*violation.policy, violation.step.as_deref()), ("step:deploy", Some("deploy")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The policy as it was asked.
    pub policy: String,
    /// A stable word; see [`crate::verify::code`].
    pub code: String,
    /// The same for people.
    pub message: String,
    /// The step it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// What should stand there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}
