//! Deriving a receipt's hashes again from files: `{"status": "match" | "mismatch" | "failed", "detail": …}`.

use std::path::{Path, PathBuf};

use attest_sdk::verify::Recomputed;
use attest_sdk::{Error, receipt};
use serde::{Deserialize, Serialize};

use crate::apart::{self, Stopped};
use crate::cancel::called_off;
use crate::{Cancel, Pending, Receipt, json};

/// What came of it, as every language tells it and takes it back.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Answer {
    status: Status,
    /// What differs, or could not be hashed; null where nothing does.
    detail: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Match,
    Mismatch,
    Failed,
}

impl From<Recomputed> for Answer {
    fn from(recomputed: Recomputed) -> Self {
        let (status, detail) = match recomputed {
            Recomputed::Match => (Status::Match, None),
            Recomputed::Mismatch(detail) => (Status::Mismatch, Some(detail)),
            Recomputed::Failed(detail) => (Status::Failed, Some(detail)),
        };
        Self { status, detail }
    }
}

impl From<Answer> for Recomputed {
    fn from(Answer { status, detail }: Answer) -> Self {
        let detail = detail.unwrap_or_default();
        match status {
            Status::Match => Self::Match,
            Status::Mismatch => Self::Mismatch(detail),
            Status::Failed => Self::Failed(detail),
        }
    }
}

/// Derives the hashes of `receipt` from the files in `workspace`, and from `pipeline`, the text of the pipeline that ran, or
/// else `workspace/attest.yaml`. Blocks.
///
/// # Errors
/// [`ErrorKind::Cancelled`](attest_sdk::ErrorKind::Cancelled). What is wrong with the files is an answer.
pub fn recompute(
    receipt: &Receipt,
    workspace: &Path,
    pipeline: Option<&[u8]>,
    cancel: Option<&Cancel>,
) -> Result<String, Error> {
    apart::now(cancel, |stopped| {
        derive(receipt.sdk().as_core(), workspace, pipeline, stopped)
    })
}

/// As [`recompute`], on another thread.
pub fn recompute_later(
    receipt: &Receipt,
    workspace: PathBuf,
    pipeline: Option<Vec<u8>>,
    cancel: Option<Cancel>,
) -> Pending<String> {
    let receipt = receipt.sdk().as_core().clone();
    apart::later(cancel, move |stopped| {
        derive(&receipt, &workspace, pipeline.as_deref(), stopped)
    })
}

fn derive(
    receipt: &receipt::Receipt,
    workspace: &Path,
    pipeline: Option<&[u8]>,
    stopped: Stopped<'_>,
) -> Result<String, Error> {
    let derived = attest_sdk::recompute_while(receipt, workspace, pipeline, &|| !stopped());
    json::write(&Answer::from(derived.ok_or_else(called_off)?))
}
