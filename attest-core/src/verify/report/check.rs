//! The checks of a report.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// One check and its result.
///
/// ```
/// use attest_core::verify::{Status, Verifier, code};
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// let nobody_is_trusted = Verifier::builder().build();
/// let report = nobody_is_trusted.verify_bytes(bytes)?;
/// let failed: Vec<_> = report.checks.iter().filter(|c| c.status == Status::Fail).collect();
/// assert_eq!(failed.len(), 1);
/// assert_eq!(failed[0].code, code::NO_TRUSTED_KEYS);
/// println!("{}", failed[0].detail);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which check.
    pub name: CheckName,
    /// Its result.
    pub status: Status,
    /// A stable word; see [`crate::verify::code`].
    pub code: Cow<'static, str>,
    /// The same for people.
    pub detail: Cow<'static, str>,
}

/// The checks, in their order in a report.
///
/// ```
/// use attest_core::verify::{CheckName, Verifier};
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// let report = Verifier::builder().build().verify_bytes(bytes)?;
/// let names: Vec<_> = report.checks.iter().map(|check| check.name.as_str()).collect();
/// assert_eq!(names[..4], ["schema", "consistency", "signature", "trust"]);
/// assert!(report.check(CheckName::Recompute).is_some(), "all of them, always");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckName {
    /// The structure.
    Schema,
    /// The values make sense.
    Consistency,
    /// The signature verifies.
    Signature,
    /// The signer is trusted.
    Trust,
    /// The time is possible.
    Timestamp,
    /// It is the receipt that was expected.
    Binding,
    /// Every policy is met.
    Policy,
    /// Every expected artifact is attested.
    Artifacts,
    /// Files give the same hashes.
    Recompute,
}

impl CheckName {
    /// Its word in a report.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Consistency => "consistency",
            Self::Signature => "signature",
            Self::Trust => "trust",
            Self::Timestamp => "timestamp",
            Self::Binding => "binding",
            Self::Policy => "policy",
            Self::Artifacts => "artifacts",
            Self::Recompute => "recompute",
        }
    }
}

/// The result of a check.
///
/// ```
/// use attest_core::verify::{CheckName, Status, Verifier};
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// let report = Verifier::builder().build().verify_bytes(bytes)?;
/// let policy = report.check(CheckName::Policy).ok_or("no check")?;
/// assert_eq!(policy.status, Status::Skipped, "none was asked");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// In order.
    Pass,
    /// Not in order.
    Fail,
    /// Not looked at. Satisfies nothing.
    Skipped,
}

impl Status {
    /// Its word in a report.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        }
    }
}
