//! One step: from its view, through its command, to what it left.
//!
//! [`run`] builds the view, hashes the declared inputs, has a supervisor run the command, hands the output lines on as they
//! come, looks at the inputs again, collects the declared outputs into the store, and says what happened. It knows nothing
//! of executions, schedules, databases or receipts.

mod collect;
mod command;
mod conclude;
mod directory;
mod excerpt;
mod inputs;
mod lines;
mod logs;
mod outcome;
mod pump;
mod run;
mod spare;
mod supervised;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::blob::{BlobError, BlobStore};
use crate::sandbox::SandboxPolicy;
use crate::supervisor::Program;
use crate::tree::Tree;
use crate::view::{Upstream, ViewError};

pub use logs::{LogLine, LogSink, Stream};
pub use outcome::{Reason, StepOutcome};
pub use run::run;
pub use spare::Spare;

/// The most that is logged of one step, in bytes of both streams; then one marker line, and the step goes on.
pub const LOG_LIMIT: u64 = 64 * 1024 * 1024;
/// The most bytes of one line; a longer one is several.
pub const LINE_LIMIT: usize = 16 * 1024;
/// The most bytes of each stream that a receipt holds.
pub const EXCERPT_LIMIT: usize = 64 * 1024;
/// Between SIGTERM and SIGKILL.
pub const GRACE: Duration = Duration::from_secs(5);

/// What all steps of a server share. Clones are cheap.
#[derive(Clone)]
pub struct StepRunner {
    /// Where files come from and go to.
    pub blobs: BlobStore,
    /// What steps may reach.
    pub sandbox: SandboxPolicy,
    /// How a supervisor is started.
    pub supervisor: Program,
    /// The supervisor that is started in advance.
    pub spare: Spare,
    /// Where step directories are made: an existing directory that only this user can write to, or the system's temporary
    /// one. Without isolation it must be outside the data directory and any project, because tools look upwards.
    pub scratch: PathBuf,
    /// The time of day, for log lines and the outcome.
    pub clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
}

/// A step to run.
#[derive(Clone, Debug)]
pub struct StepRequest {
    /// The execution it belongs to (for traces).
    pub execution_id: String,
    /// Its name (for traces).
    pub name: String,
    /// The shell command.
    pub run: String,
    /// Declared input paths, literal.
    pub inputs: Vec<String>,
    /// Declared output paths, literal.
    pub outputs: Vec<String>,
    /// Where the command starts, relative to the workspace; the workspace itself where absent.
    pub working_dir: Option<String>,
    /// The whole effective environment but `HOME` and `TMPDIR`, which are made here.
    pub env: BTreeMap<String, String>,
    /// The time limit.
    pub timeout: Option<Duration>,
    /// Whether the step asks for the network; it has it only where the policy agrees.
    pub network: bool,
    /// Whether the step sees only its declared inputs of the source.
    pub strict_inputs: bool,
    /// The source.
    pub source: Arc<Tree>,
    /// Whether another step is likely to start soon: its supervisor is started while this one runs.
    pub followed: bool,
    /// What the steps it needs left, transitively, each after the ones it needs itself.
    pub upstream: Vec<Upstream>,
}

/// Why a step's result is unknown: the machine failed, not the step.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The view could not be built.
    #[error(transparent)]
    View(#[from] ViewError),
    /// The outputs could not be stored.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// Something else of the system failed.
    #[error("cannot {action}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The log's receiver refused a line; the step was ended.
    #[error("the log of the step could not be written: {0}")]
    Log(std::io::Error),
    /// A task of the step's own panicked.
    #[error("a part of the step's run was lost: {0}")]
    Task(String),
}

impl StepError {
    pub(crate) fn io(action: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { action, source }
    }
}
