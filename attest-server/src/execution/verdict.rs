//! How an execution ended, as far as its steps say. Whether that can be attested is [`super::conclude`]'s.

use attest_core::v1::{ExecutionStatus, Failure, StepStatus};

use super::attempt::{Attempt, decode};
use super::source::stored_tree;
use crate::blob::BlobStore;
use crate::record::{Outputs, Record, RecordError};
use crate::store::executions::End;
use crate::store::receipts::NO_STEP_RAN;
use crate::store::steps;
use crate::tree::Entry;

/// The exit code of an execution that failed though none of its steps did.
pub(super) const ENGINE_FAILED: i32 = 125;

/// Why nothing more will run.
pub(super) enum Conclusion {
    /// Everything that could run has.
    Ended,
    /// Somebody asked for the end.
    Cancelled,
    /// The machine failed too often, or at a step that must not run twice.
    Lost(String),
    /// What it starts from can no longer be read, and no further attempt would change that.
    SourceLost(String),
}

/// The steps that ran to an end that can be attested.
pub(super) struct Ran {
    pub(super) steps: Vec<(usize, Record, Outputs)>,
}

impl Ran {
    pub(super) fn of(blobs: &BlobStore, rows: &[steps::Stored]) -> Result<Self, RecordError> {
        let mut steps = Vec::new();
        for row in rows {
            if let Some(text) = &row.record {
                let record = decode(text)?;
                let outputs = record.outputs(blobs)?;
                steps.push((row.position, record, outputs));
            }
        }
        Ok(Self { steps })
    }
}

/// What a step left can no longer be read: nothing can be attested, and no further attempt would change that.
pub(super) fn outputs_lost(error: &RecordError) -> End {
    let reason = "outputs_lost";
    let failure = Failure {
        step: None,
        reason: reason.to_owned(),
        message: error.to_string(),
    };
    End {
        status: ExecutionStatus::Failed,
        exit_code: Some(ENGINE_FAILED),
        failure: Some(failure),
        receipt: Err(reason),
    }
}

/// How the execution ended, as far as its steps say; the receipt comes after.
pub(super) fn judge(
    attempt: &Attempt,
    rows: &[steps::Stored],
    ran: &Ran,
    conclusion: &Conclusion,
    blobs: &BlobStore,
) -> End {
    let all_completed = rows.iter().all(|row| row.status == StepStatus::Completed);
    let (status, exit_code, failure) = match conclusion {
        Conclusion::Lost(message) => engine_failed("worker_lost", message),
        Conclusion::SourceLost(message) => engine_failed("source_lost", message),
        _ if all_completed => (ExecutionStatus::Completed, Some(0), None),
        Conclusion::Cancelled => (ExecutionStatus::Cancelled, None, None),
        Conclusion::Ended => {
            let (exit_code, failure) = first_failure(attempt, rows, ran, blobs);
            (ExecutionStatus::Failed, Some(exit_code), Some(failure))
        }
    };
    End {
        status,
        exit_code,
        failure,
        receipt: Err(NO_STEP_RAN),
    }
}

fn engine_failed(reason: &str, message: &str) -> (ExecutionStatus, Option<i32>, Option<Failure>) {
    let failure = Failure {
        step: None,
        reason: reason.to_owned(),
        message: message.to_owned(),
    };
    (ExecutionStatus::Failed, Some(ENGINE_FAILED), Some(failure))
}

/// Of the step that failed first in time; a step that the machine failed has no record and comes last.
fn first_failure(
    attempt: &Attempt,
    rows: &[steps::Stored],
    ran: &Ran,
    blobs: &BlobStore,
) -> (i32, Failure) {
    let name = |position: usize| {
        attempt
            .plan
            .steps
            .get(position)
            .map(|step| step.name.clone())
    };
    let failed = ran
        .steps
        .iter()
        .filter(|(_, record, _)| !record.is_success() && record.exit_code.is_some());
    if let Some((position, record, _)) = failed.min_by_key(|(_, record, _)| record.ended_at) {
        let exit_code = record.exit_code.unwrap_or(ENGINE_FAILED);
        let step = name(*position);
        let shown = step.as_deref().unwrap_or_default();
        let message = match (&record.reason, &record.message) {
            (Some(_), Some(message)) => message.clone(),
            (Some(reason), None) => format!("step {shown:?}: {reason}"),
            (None, _) => format!("step {shown:?} exited with {exit_code}"),
        };
        let reason = record
            .reason
            .clone()
            .unwrap_or_else(|| "exit_code".to_owned());
        return (
            exit_code,
            Failure {
                step,
                reason,
                message,
            },
        );
    }
    let lost = rows.iter().find(|row| row.status == StepStatus::Failed);
    let failure = Failure {
        step: lost.and_then(|row| name(row.position)),
        reason: "engine_failed".to_owned(),
        message: match lost_file(attempt, blobs) {
            Some(path) => format!(
                "the file {path:?} of the source was found damaged, or is gone: upload the source again"
            ),
            None => "the server could not run the step; its own log says why".to_owned(),
        },
    };
    (ENGINE_FAILED, failure)
}

/// A file of the source that is not stored any more.
fn lost_file(attempt: &Attempt, blobs: &BlobStore) -> Option<String> {
    let tree = stored_tree(&attempt.plan.source, blobs).ok()?;
    let mut files = tree.iter();
    let lost = files
        .find(|(_, entry)| matches!(entry, Entry::File { digest, .. } if !blobs.contains(digest)));
    lost.map(|(path, _)| path.to_owned())
}
