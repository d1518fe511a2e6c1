//! The fields of a receipt, in signing order, as types. What may be missing is an `Option`.
//!
//! A receipt is judged, not only read: one whose digest is not a digest is still a receipt, and its verdict says so.
//! That is what [`Spelled`] is for; code that builds a receipt hands in the value and never sees the other case.

use chrono::{DateTime, Utc};

use crate::digest::Digest;

/// A value that was read from its spelling, or the spelling where it is none.
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reproducibility {
    /// Whether all runs gave the same outputs.
    pub verified: bool,
    /// How many runs.
    pub runs: u32,
    /// How they were compared.
    pub method: String,
}

/// Where, from what and by which commands a receipt was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The run; our server's execution id.
    pub invocation_id: Option<String>,
    /// When the run started.
    pub started_at: Option<DateTime<Utc>>,
    /// Name of the pipeline.
    pub pipeline_name: Option<String>,
    /// The source it ran on.
    pub source: Option<Source>,
    /// Such as `linux`.
    pub runner_os: String,
    /// Such as `x86_64`.
    pub runner_arch: String,
    /// The CI system it ran in.
    pub ci: Option<Ci>,
    /// Every step of the pipeline, those that did not run too.
    pub steps: Vec<PlannedStep>,
    /// The files that the steps made.
    pub artifacts: Vec<Artifact>,
    /// Whether a pipeline ran, or one wrapped command.
    pub execution: Option<Execution>,
}

/// A revision of a source repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its address.
    pub repository: Option<String>,
    /// The commit.
    pub commit: String,
    /// The branch.
    pub branch: Option<String>,
    /// Whether tracked files differed from the commit.
    pub tracked_dirty: bool,
}

/// The CI job that ran the pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ci {
    /// Name of the CI system.
    pub provider: String,
    /// Its id of the run.
    pub run_id: Option<String>,
    /// Its id of the job.
    pub job_id: Option<String>,
}

/// A step as the pipeline has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep {
    /// Its name.
    pub name: String,
    /// The steps that come before it.
    pub needs: Vec<String>,
    /// BLAKE3 of its run text, or of the wrapped command.
    pub command_hash: Spelled<Digest>,
    /// Declared inputs.
    pub inputs: Vec<String>,
    /// Declared outputs.
    pub outputs: Vec<String>,
}

/// A file, link or directory that a step made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// The step.
    pub step: String,
    /// Path in the workspace.
    pub path: String,
    /// `file`, `symlink` or `directory`. Readers take any word here, as the command-line tool does.
    pub kind: String,
    /// Digest of the content, of the link's target, or of the directory's manifest.
    pub digest: Spelled<Digest>,
    /// `blake3`.
    pub algorithm: String,
}

impl Artifact {
    /// [`Artifact::kind`] of a file.
    pub const FILE: &str = "file";
    /// [`Artifact::kind`] of a symbolic link.
    pub const SYMLINK: &str = "symlink";
    /// [`Artifact::kind`] of a directory that is listed as a whole.
    pub const DIRECTORY: &str = "directory";
    /// [`Artifact::algorithm`] of everything this project writes.
    pub const BLAKE3: &str = "blake3";
}

/// What was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Execution {
    /// A pipeline of this format.
    Native,
    /// One command, run under observation.
    Wrapped {
        /// Program and arguments.
        command: Vec<String>,
    },
}

/// What kept the steps apart from the rest of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Isolation {
    /// The kind of isolation.
    pub mode: IsolationMode,
    /// Such as `linux`.
    pub platform: String,
    /// Each control, and whether it was in force.
    pub controls: Vec<Control>,
    /// Steps that ran in a capsule.
    pub capsule_steps: Vec<String>,
}

/// The kind of isolation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IsolationMode {
    /// Ordinary processes.
    None,
    /// Limits on ordinary processes.
    Process,
    /// Namespaces of their own.
    Container,
    /// Namespaces of their own, and nothing shared that was not declared.
    StrictContainer,
}

impl IsolationMode {
    /// Every mode.
    pub const ALL: [Self; 4] = [
        Self::None,
        Self::Process,
        Self::Container,
        Self::StrictContainer,
    ];

    /// Its word in a receipt.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Process => "process",
            Self::Container => "container",
            Self::StrictContainer => "strict-container",
        }
    }
}

/// One control and whether it was in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Such as `network`.
    pub name: String,
    /// Whether it was in force.
    pub status: ControlStatus,
    /// How, or why not.
    pub detail: String,
}

/// Whether a control was in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ControlStatus {
    /// It was.
    Enforced,
    /// It was not.
    NotEnforced,
    /// The machine has none.
    NotAvailable,
}

impl ControlStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Enforced, Self::NotEnforced, Self::NotAvailable];

    /// Its word in a receipt.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enforced => "enforced",
            Self::NotEnforced => "not-enforced",
            Self::NotAvailable => "not-available",
        }
    }
}
