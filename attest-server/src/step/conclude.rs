//! After the command: its outputs, and what is to be said of the step.

use std::time::Duration;

use attest_core::digest::Digest;
use attest_core::manifest::Manifest;
use chrono::{DateTime, Utc};

use super::collect::{Failure, Outputs, collect};
use super::command::Command;
use super::inputs::change;
use super::outcome::{Reason, StepOutcome};
use super::{StepError, StepRequest};
use crate::blob::BlobStore;
use crate::view::Scratch;

/// Takes what the step left, and says what became of it. Blocks.
pub(super) fn conclude(
    request: &StepRequest,
    scratch: &Scratch,
    blobs: &BlobStore,
    inputs: &Manifest,
    command: Command,
) -> Result<Finished, StepError> {
    let workspace = scratch.workspace();
    scratch
        .unlock()
        .map_err(StepError::io("open the directory of a step again"))?;
    let (exit_code, mut reason, mut message) = match command.ending {
        Ok(code) => (Some(code), None, None),
        Err((reason, message)) => (reason.exit_code(), Some(reason), Some(message)),
    };
    let succeeded = exit_code == Some(0);
    if succeeded && let Some(changed) = change(&workspace, inputs) {
        (reason, message) = (Some(Reason::InputChanged), Some(changed));
    }
    let outputs = match collect(&workspace, &request.outputs, blobs) {
        Ok(outputs) => outputs,
        Err(Failure::Blob(error)) => return Err(StepError::Blob(error)),
        Err(Failure::Unreadable(why)) => {
            if succeeded && reason.is_none() {
                reason = Some(Reason::OutputUnreadable);
            }
            message = Some(message.map_or_else(|| why.clone(), |first| format!("{first}; {why}")));
            Outputs::none(Vec::new())
        }
    };
    if succeeded && reason.is_none() && !outputs.missing.is_empty() {
        reason = Some(Reason::MissingOutput);
        message = Some(format!(
            "the command ended with 0 but did not make its declared output{} {}",
            if outputs.missing.len() == 1 { "" } else { "s" },
            outputs.missing.join(", ")
        ));
    }
    Ok(Finished {
        exit_code: reason.map_or(exit_code, Reason::exit_code),
        reason,
        message,
        input_hash: inputs.digest(),
        outputs,
        stdout: command.stdout,
        stderr: command.stderr,
        duration: command.duration,
    })
}

/// An outcome without its times.
pub(super) struct Finished {
    exit_code: Option<i32>,
    reason: Option<Reason>,
    message: Option<String>,
    input_hash: Digest,
    outputs: Outputs,
    stdout: String,
    stderr: String,
    duration: Duration,
}

impl Finished {
    pub(super) fn not_run(request: &StepRequest, input_hash: Digest, message: String) -> Self {
        Self {
            exit_code: Reason::InputUnreadable.exit_code(),
            reason: Some(Reason::InputUnreadable),
            message: Some(message),
            input_hash,
            outputs: Outputs::none(request.outputs.clone()),
            stdout: String::new(),
            stderr: String::new(),
            duration: Duration::ZERO,
        }
    }

    pub(super) fn outcome(
        self,
        started_at: DateTime<Utc>,
        completed_at: DateTime<Utc>,
    ) -> StepOutcome {
        StepOutcome {
            exit_code: self.exit_code,
            reason: self.reason,
            message: self.message,
            input_hash: self.input_hash,
            output_hash: self.outputs.manifest.digest(),
            output_manifest: self.outputs.manifest.lines,
            output_tree: self.outputs.tree,
            stdout: self.stdout,
            stderr: self.stderr,
            duration: self.duration,
            started_at,
            completed_at,
        }
    }
}
