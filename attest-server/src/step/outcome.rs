//! What a step left.

use std::time::Duration;

use attest_core::digest::Digest;
use attest_core::manifest::Line;
use chrono::{DateTime, Utc};

use crate::tree::Tree;

/// What happened to a step.
#[derive(Clone, Debug)]
pub struct StepOutcome {
    /// The step's own; 124 at the time limit, 128+n for signal n, 125 where [`StepOutcome::reason`] failed it; `None` for a
    /// cancelled one.
    pub exit_code: Option<i32>,
    /// Why the engine, and not the step, ended or failed it.
    pub reason: Option<Reason>,
    /// The reason in words, with the path concerned and what to do; also set where a failed step's outputs are unreadable.
    pub message: Option<String>,
    /// Digest of the input manifest, taken before the command ran (of the inputs that exist, where one could not be read).
    pub input_hash: Digest,
    /// Digest of the output manifest: of the declared outputs that exist.
    pub output_hash: Digest,
    /// The lines of the output manifest.
    pub output_manifest: Vec<Line>,
    /// The outputs, all in the store (make it durable before a row names them).
    pub output_tree: Tree,
    /// Standard output for the receipt, at most [`super::EXCERPT_LIMIT`] bytes, with a marker where cut.
    pub stdout: String,
    /// Standard error, likewise.
    pub stderr: String,
    /// From the start of the command to its end.
    pub duration: Duration,
    /// When the step was taken up.
    pub started_at: DateTime<Utc>,
    /// When its outputs were stored.
    pub completed_at: DateTime<Utc>,
}

impl StepOutcome {
    /// Whether the step did all it declared.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.exit_code == Some(0)
    }
}

/// Why the engine ended or failed a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// Its time limit passed.
    Timeout,
    /// It was cancelled.
    Cancelled,
    /// It ended with 0 and a declared output is not there.
    MissingOutput,
    /// A declared input's content changed while it ran.
    InputChanged,
    /// A declared input is missing or cannot be hashed; the command did not run.
    InputUnreadable,
    /// A declared output cannot be hashed or collected: a FIFO, a link that leaves the workspace, an odd name.
    OutputUnreadable,
    /// The command or its sandbox could not be started.
    NotStarted,
    /// Its supervisor ended without a report.
    SupervisorLost,
}

impl Reason {
    /// The reason as one stable word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::MissingOutput => "missing_output",
            Self::InputChanged => "input_changed",
            Self::InputUnreadable => "input_unreadable",
            Self::OutputUnreadable => "output_unreadable",
            Self::NotStarted => "not_started",
            Self::SupervisorLost => "supervisor_lost",
        }
    }

    /// The exit code that stands for it; `None` for a cancelled step.
    #[must_use]
    pub const fn exit_code(self) -> Option<i32> {
        match self {
            Self::Timeout => Some(124),
            Self::Cancelled => None,
            _ => Some(125),
        }
    }
}
