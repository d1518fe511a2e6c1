//! The report: what was checked, with what result. Its JSON is the answer of `POST /v1/receipts/verify`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

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
    /// A stable word; see [`super::code`].
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

/// Who signed.
///
/// ```
/// # use attest_core::verify::Verifier;
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// let report = Verifier::builder().build().verify_bytes(bytes)?;
/// let signature = report.signature_verification;
/// // Somebody signed it and it is unchanged, which says nothing about who that was.
/// assert!(signature.valid && !signature.trusted);
/// assert_eq!(signature.key_id.as_deref(), Some("6c31041268f471609c79f5f2dbcc38e4"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// # use attest_core::verify::Verifier;
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let verifier = Verifier::builder();
/// let verifier = verifier.now("2026-01-31T18:00:01Z".parse()?).build();
/// let report = verifier.verify_bytes(bytes)?.timestamp_check;
/// assert_eq!(report.age_hours, Some(6.0));
/// assert_eq!(report.source, "receipt", "it is the signer's word");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// # use attest_core::verify::Verifier;
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// let report = Verifier::builder().build().verify_bytes(bytes)?;
/// for step in &report.execution.failed_steps {
///     println!("{step} failed");
/// }
/// assert!(report.execution.failed_steps.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionReport {
    /// The end.
    pub outcome: Outcome,
    /// The names of the steps that exited with another code than 0.
    pub failed_steps: Vec<String>,
}

/// How a run ended.
///
/// ```
/// use attest_core::verify::{Outcome, Verifier};
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// let report = Verifier::builder().trusted_keys([key])?.build().verify_bytes(bytes)?;
/// // Apart from being authentic: a failed run has a valid receipt, too.
/// let green = report.valid && report.execution.outcome == Outcome::Success;
/// assert!(green);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// # use attest_core::verify::{TrustState, Verifier};
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// let fetched_at = "2026-02-01T00:00:00Z".parse()?;
/// let verifier = Verifier::builder()
///     .trusted_keys([key])?
///     .trust_material(TrustState::FetchedFromServer, Some(fetched_at))
///     .build();
/// let material = verifier.verify_bytes(bytes)?.trust_material;
/// assert_eq!(material.as_of.as_deref(), Some("2026-02-01T00:00:00Z"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustReport {
    /// The source.
    pub state: TrustState,
    /// When they were fetched (RFC 3339); null where they were not.
    pub as_of: Option<String>,
}

/// Where trusted keys come from.
///
/// ```
/// use attest_core::verify::{TrustState, Verifier};
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// let report = Verifier::builder().build().verify_bytes(bytes)?;
/// match report.trust_material.state {
///     TrustState::FetchedFromServer => println!("who made the receipt also named the keys"),
///     TrustState::None => println!("nobody is trusted"),
///     TrustState::Given | TrustState::Store => {}
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// # use attest_core::verify::Verifier;
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// # let report = Verifier::builder().trusted_keys([key])?.build().verify_bytes(bytes)?;
/// for warning in &report.warnings {
///     println!("warning: {}", warning.code); // does not make it invalid
/// }
/// # assert!(report.valid);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// A stable word; see [`super::code`].
    pub code: String,
}
