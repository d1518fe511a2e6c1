//! What a report says beside its checks: who signed, when, how the run ended, and where the trusted keys come from.

use serde::{Deserialize, Serialize};

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
    /// A stable word; see [`crate::verify::code`].
    pub code: String,
}
