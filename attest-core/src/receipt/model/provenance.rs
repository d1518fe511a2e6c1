//! What was run, where and from what, and what came of it: the part of a receipt since schema 3.

use chrono::{DateTime, Utc};

use super::Spelled;
use crate::digest::Digest;

/// Where, from what and by which commands a receipt was made.
///
/// ```
/// # use attest_core::receipt::Receipt;
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = Receipt::parse(bytes)?;
/// let provenance = receipt.body().provenance.as_ref().ok_or("it does not say")?;
/// assert_eq!(provenance.invocation_id.as_deref(), Some("exec_hello"));
/// let planned = provenance.steps.iter().map(|step| &step.name);
/// let ran = receipt.body().steps.iter().map(|step| &step.name);
/// assert!(planned.eq(ran), "a step did not run");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// # use attest_core::receipt::Receipt;
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = Receipt::parse(bytes)?;
/// let source = receipt.body().provenance.as_ref().and_then(|p| p.source.as_ref());
/// let source = source.ok_or("it does not say")?;
/// assert!(source.commit.starts_with("5be1c9f") && !source.tracked_dirty);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// # use attest_core::receipt::Receipt;
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = Receipt::parse(bytes)?;
/// let ci = receipt.body().provenance.as_ref().and_then(|p| p.ci.as_ref());
/// assert_eq!(ci.map(|ci| ci.provider.as_str()), Some("example-ci"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// # use attest_core::receipt::Receipt;
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = Receipt::parse(bytes)?;
/// use attest_core::digest::Digest;
///
/// let planned = &receipt.body().provenance.as_ref().ok_or("it does not say")?.steps;
/// // Which command it was is attested by its hash alone.
/// let command = Digest::of(b"sh out/hello");
/// assert!(planned.iter().any(|step| step.command_hash.valid() == Some(&command)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// # use attest_core::receipt::Receipt;
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = Receipt::parse(bytes)?;
/// use attest_core::digest::Digest;
///
/// let at_hand = Digest::of(b"echo hello, world\n");
/// let artifact = receipt.files_with(&at_hand).next().ok_or("not attested")?;
/// assert_eq!((&*artifact.step, &*artifact.path), ("build", "out/hello"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use attest_core::receipt::Execution;
///
/// fn describe(execution: &Execution) -> String {
///     match execution {
///         Execution::Native => "a pipeline".to_owned(),
///         Execution::Wrapped { command } => command.join(" "),
///     }
/// }
/// assert_eq!(describe(&Execution::Wrapped { command: vec!["make".to_owned()] }), "make");
/// ```
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
