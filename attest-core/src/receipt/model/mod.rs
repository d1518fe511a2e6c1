//! The fields of a receipt, in signing order, as types. What may be missing is an `Option`.
//!
//! A receipt is judged, not only read: one whose digest is not a digest is still a receipt, and its verdict says so.
//! That is what [`Spelled`] is for; code that builds a receipt hands in the value and never sees the other case.

mod isolation;
mod provenance;

use chrono::{DateTime, Utc};

pub use isolation::{Control, ControlStatus, Isolation, IsolationMode};
pub use provenance::{Artifact, Ci, Execution, PlannedStep, Provenance, Source};

use crate::digest::Digest;

/// A value that was read from its spelling, or the spelling where it is none.
///
/// ```
/// use attest_core::digest::Digest;
/// use attest_core::receipt::Spelled;
///
/// let built: Spelled<Digest> = Digest::of(b"").into();
/// assert_eq!(built.valid(), Some(&Digest::of(b"")));
/// let read: Spelled<Digest> = Spelled::Malformed("blake3:AF13".to_owned());
/// assert_eq!(read.valid(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spelled<T> {
    /// The value.
    Valid(T),
    /// What stands in its place.
    Malformed(String),
}

impl<T> Spelled<T> {
    /// The value, where it is one.
    pub fn valid(&self) -> Option<&T> {
        match self {
            Self::Valid(value) => Some(value),
            Self::Malformed(_) => None,
        }
    }
}

impl<T> From<T> for Spelled<T> {
    fn from(value: T) -> Self {
        Self::Valid(value)
    }
}

/// Everything a receipt says; what the signature covers.
///
/// ```
/// use attest_core::receipt::Receipt;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// let receipt = Receipt::parse(bytes)?;
/// let mut body = receipt.body().clone();
/// assert_eq!(body.hash(), receipt.hash());
/// body.total_duration_secs += 1;
/// assert_ne!(body.hash(), receipt.hash(), "the signature covers every field");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Version of the format, 1 to 3. Absent means 1, and is not the same bytes as a 1 that is written.
    pub schema_version: Option<u32>,
    /// BLAKE3 of the pipeline's canonical text; of the command where it was wrapped.
    pub pipeline_hash: Spelled<Digest>,
    /// The steps that ran, sorted by the bytes of their names.
    pub steps: Vec<Step>,
    /// When the receipt was made, in the signer's words.
    pub timestamp: DateTime<Utc>,
    /// Whole seconds, rounded down.
    pub total_duration_secs: u64,
    /// Version of the program that made the receipt. Not empty.
    pub attest_version: String,
    /// Ids of events, sorted by their bytes. This project writes none.
    pub causal_events: Vec<String>,
    /// Hash over the events. This project writes none.
    pub causal_chain_hash: Option<Spelled<Digest>>,
    /// Whether the run was repeated, and with what result.
    pub reproducibility: Option<Reproducibility>,
    /// Where, from what and by which commands it was made.
    pub provenance: Option<Provenance>,
    /// What kept the steps apart from the rest of the machine.
    pub isolation: Option<Isolation>,
}

/// One step that ran, or whose result came from a cache.
///
/// ```
/// # use attest_core::receipt::Receipt;
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = Receipt::parse(bytes)?;
/// let steps = &receipt.body().steps;
/// assert!(steps.iter().all(|step| step.exit_code == 0));
/// let test = steps.iter().find(|step| step.name == "test").ok_or("no test")?;
/// assert!(!test.cache_hit, "it did not run here");
/// assert_eq!(test.stdout, "hello, world\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name, unique in the receipt.
    pub name: String,
    /// Digest of its input manifest.
    pub input_hash: Spelled<Digest>,
    /// Digest of its output manifest.
    pub output_hash: Spelled<Digest>,
    /// Whole seconds, rounded down.
    pub duration_secs: u64,
    /// Exit code; 0 is success.
    pub exit_code: i32,
    /// Whether the result came from a cache, so that nothing ran here.
    pub cache_hit: bool,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
    /// Digest of the capsule it ran in.
    pub capsule_hash: Option<Spelled<Digest>>,
}

/// The result of running the pipeline more than once.
///
/// ```
/// # use attest_core::receipt::{Receipt, Reproducibility};
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let mut body = Receipt::parse(bytes)?.body().clone();
/// let twice = Reproducibility { verified: true, runs: 2, method: "rebuild".to_owned() };
/// assert!(body.reproducibility.replace(twice).is_none(), "it ran once");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reproducibility {
    /// Whether all runs gave the same outputs.
    pub verified: bool,
    /// How many runs.
    pub runs: u32,
    /// How they were compared.
    pub method: String,
}
