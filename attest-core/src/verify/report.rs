//! The report: what was checked, with what result. Its JSON is the answer of `POST /v1/receipts/verify`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The verdict on one receipt.
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

/// One check and its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which check.
    pub name: CheckName,
    /// Its result.
    pub status: Status,
    /// A stable word; see [`super::code`].
    pub code: Cow<'static, str>,
    /// The same for people.
    pub detail: Cow<'static, str>,
}

/// The checks, in their order in a report.
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

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureReport {
    /// Whether the signature verifies under the key in the receipt.
    pub valid: bool,
    /// The identity of that key by the verifier's trust store.
    pub signer: Option<String>,
    /// The key's id.
    pub key_id: Option<String>,
    /// `ed25519`.
    pub algorithm: String,
    /// Whether the key is trusted, for this receipt, now.
    pub trusted: bool,
}

/// Which policies were asked, and which are not met.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The policy as it was asked.
    pub policy: String,
    /// A stable word; see [`super::code`].
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

/// How old the receipt says it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimestampReport {
    /// Whether the check `timestamp` passed.
    pub valid: bool,
    /// Age in hours, never negative; null where the structure is wrong.
    pub age_hours: Option<f64>,
    /// Whose word it is: `receipt`.
    pub source: String,
}

/// How the run ended, by the receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionReport {
    /// The end.
    pub outcome: Outcome,
    /// The names of the steps that exited with another code than 0.
    pub failed_steps: Vec<String>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Every step of the pipeline ran and exited 0.
    Success,
    /// A step failed.
    Failure,
    /// No step failed, and not all of them ran.
    Incomplete,
    /// The receipt does not say which steps there should be.
    Unknown,
}

impl Outcome {
    /// Its word in a report.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Incomplete => "incomplete",
            Self::Unknown => "unknown",
        }
    }
}

/// Where the trusted keys come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustReport {
    /// The source.
    pub state: TrustState,
    /// When they were fetched (RFC 3339); null where they were not.
    pub as_of: Option<String>,
}

/// Where trusted keys come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustState {
    /// The caller named them.
    Given,
    /// A trust store.
    Store,
    /// The server that also made the receipt.
    FetchedFromServer,
    /// There are none.
    None,
}

/// What is not wrong and should be known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// A stable word; see [`super::code`].
    pub code: String,
}
