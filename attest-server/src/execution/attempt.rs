//! One attempt at an execution: what it is, what becomes of its steps, and why it cannot go on.

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::journal::Submitted;
use super::plan::Plan;
use crate::cache::Key;
use crate::record::{Record, RecordError};
use crate::store::StoreError;
use crate::tree::Digested;

/// An execution that is this process's to run.
pub(super) struct Attempt {
    pub(super) seq: i64,
    pub(super) id: String,
    pub(super) plan: Plan,
    pub(super) started_at: DateTime<Utc>,
}

/// Why an attempt cannot go on. Nothing is lost: the rows say how far it came.
#[derive(Debug, thiserror::Error)]
pub(super) enum RunError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error("a task was lost: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// What became of a step.
pub(super) enum Ran {
    Succeeded(Digested, Unsettled),
    Failed,
    /// Ended, or never begun, since the execution is to end.
    Cancelled,
}

/// The end of a step on its way to the disk. No receipt speaks of a step before it is there.
pub(super) struct Unsettled {
    pub(super) stored: Submitted,
    /// What a later step may be looked up by, once it is there.
    pub(super) kept: Option<Key>,
}

/// Ready once somebody has asked for the end; never, where nobody can ask any more.
pub(super) async fn asked(cancelled: &mut watch::Receiver<bool>) {
    if cancelled.wait_for(|asked| *asked).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Reads back what is stored of a finished step.
pub(super) fn decode(record: &str) -> Result<Record, RecordError> {
    Ok(serde_json::from_str(record)?)
}
