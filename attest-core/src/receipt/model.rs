//! The fields of a receipt, in signing order, as types. What may be missing is an `Option`.
//!
//! A receipt is judged, not only read: one whose digest is not a digest is still a receipt, and its verdict says so.
//! That is what [`Spelled`] is for; code that builds a receipt hands in the value and never sees the other case.

use chrono::{DateTime, Utc};

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
/// let artifact = receipt.artifacts_with(&at_hand).next().ok_or("not attested")?;
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

/// What kept the steps apart from the rest of the machine.
///
/// ```
/// # use attest_core::receipt::Receipt;
/// use attest_core::receipt::{ControlStatus, IsolationMode};
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = Receipt::parse(bytes)?;
/// let isolation = receipt.body().isolation.as_ref().ok_or("it does not say")?;
/// assert_ne!(isolation.mode, IsolationMode::None);
/// let network = isolation.controls.iter().find(|control| control.name == "network");
/// assert!(network.is_some_and(|control| control.status == ControlStatus::Enforced));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use attest_core::receipt::IsolationMode;
///
/// let words: Vec<_> = IsolationMode::ALL.map(IsolationMode::as_str).into();
/// assert_eq!(words, ["none", "process", "container", "strict-container"]);
/// ```
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
///
/// ```
/// use attest_core::receipt::{Control, ControlStatus};
///
/// let control = Control {
///     name: "network".to_owned(),
///     status: ControlStatus::NotEnforced,
///     detail: "the pipeline asks for the network".to_owned(),
/// };
/// assert_eq!(format!("{}: {}", control.name, control.status.as_str()), "network: not-enforced");
/// ```
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
///
/// ```
/// use attest_core::receipt::ControlStatus;
///
/// let of_word = |word| ControlStatus::ALL.into_iter().find(|status| status.as_str() == word);
/// assert_eq!(of_word("not-available"), Some(ControlStatus::NotAvailable));
/// assert_eq!(of_word("maybe"), None);
/// ```
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
