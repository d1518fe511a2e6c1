//! Deriving a receipt's hashes again from files: `{"status": "match" | "mismatch" | "failed", "detail": …}`.

use std::path::{Path, PathBuf};

use attest_sdk::verify::Recomputed;
use attest_sdk::{Error, receipt};
use serde::Serialize;

use crate::apart::{self, Stopped};
use crate::cancel::called_off;
use crate::{Cancel, Pending, Receipt, json};

#[derive(Serialize)]
struct Answer {
    status: &'static str,
    /// What differs, or could not be hashed; null where nothing does.
    detail: Option<String>,
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
    let (status, detail) = match derived.ok_or_else(called_off)? {
        Recomputed::Match => ("match", None),
        Recomputed::Mismatch(detail) => ("mismatch", Some(detail)),
        Recomputed::Failed(detail) => ("failed", Some(detail)),
    };
    json::write(&Answer { status, detail })
}
