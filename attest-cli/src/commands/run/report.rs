//! What a run came to, as one JSON object or for people.

use std::path::PathBuf;

use attest_sdk::v1;
use attest_sdk::{Downloaded, Execution};
use indicatif::{HumanBytes, HumanCount};
use serde_json::{Value, json};

use super::save::Saved;
use crate::output::{Console, Took};

/// What came of a run.
pub(super) struct Ended {
    pub(super) completed: bool,
    pub(super) saved: Option<Saved>,
    /// The outputs, and where they are.
    pub(super) downloaded: Option<(PathBuf, Downloaded)>,
}

impl Ended {
    pub(super) fn report(&self, execution: &Execution, as_json: bool, console: &Console) {
        if as_json {
            console.json(&self.json(execution.state()));
        } else {
            self.tell(execution.state(), console);
        }
    }

    fn json(&self, state: &v1::Execution) -> Value {
        let saved = self.saved.as_ref();
        let downloaded = self
            .downloaded
            .as_ref()
            .map(|(dir, what)| json!({"dir": dir, "files": what.files, "size_bytes": what.bytes}));
        json!({
            "execution_id": state.id,
            "pipeline_id": state.pipeline_id,
            "status": state.status,
            "exit_code": state.exit_code,
            "duration_seconds": state.duration_seconds,
            "failure": state.failure,
            "steps": state.steps,
            "pipeline_hash": state.pipeline_hash,
            "receipt_hash": saved.map(|saved| saved.hash.to_string()),
            "receipt": saved.map(|saved| &saved.receipt),
            "pipeline": saved.map(|saved| &saved.pipeline),
            "downloaded": downloaded,
        })
    }

    fn tell(&self, state: &v1::Execution, console: &Console) {
        let took = state
            .duration_seconds
            .map_or_else(String::new, |seconds| format!(" in {}", Took(seconds)));
        console.note(&format!("execution {} {}{took}", state.id, state.status));
        if let Some(failure) = &state.failure {
            console.note(&format!("{} ({})", failure.message, failure.reason));
        }
        match &self.saved {
            Some(saved) => {
                console.note(&format!("receipt   {}", saved.receipt.display()));
                console.note(&format!("pipeline  {}", saved.pipeline.display()));
                match &saved.signer {
                    Some(id) => console.note(&format!("signed by key {id}")),
                    None => console.warn("the receipt is not signed"),
                }
            }
            None => console.note("no receipt"),
        }
        if let Some((dir, what)) = &self.downloaded {
            console.note(&format!(
                "outputs   {}: {}, {}, verified",
                dir.display(),
                files(what.files),
                HumanBytes(what.bytes)
            ));
        }
    }
}

/// `1 file`, `2 files`.
pub(super) fn files(count: u64) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} file{plural}", HumanCount(count))
}
