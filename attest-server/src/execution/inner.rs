//! What running executions share: the server's parts, and the turns that are taken.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use attest_core::key::SigningKey;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::AbortHandle;

use super::environment::OperatorEnvironment;
use crate::blob::BlobStore;
use crate::host::Host;
use crate::step::StepRunner;
use crate::store::Store;

/// What an executor is made of.
pub(crate) struct Parts {
    pub(crate) host: Host,
    pub(crate) store: Store,
    pub(crate) blobs: BlobStore,
    pub(crate) runner: StepRunner,
    pub(crate) environment: OperatorEnvironment,
    /// Part of every cache key.
    pub(crate) cache_salt: String,
    /// The operator's source, if any.
    pub(crate) source: Option<PathBuf>,
    pub(crate) data_dir: PathBuf,
    pub(crate) signing_key: SigningKey,
    pub(crate) workers: usize,
    pub(crate) steps_per_execution: usize,
}

/// What all parts of an executor share.
pub(super) struct Inner {
    pub(super) parts: Parts,
    /// Steps at once, over all executions.
    pub(super) workers: Arc<Semaphore>,
    /// Executions at once: each has at least one step to run.
    pub(super) slots: Arc<Semaphore>,
    /// Sources read at once: each reads a whole directory.
    pub(super) planning: Semaphore,
    pub(super) queue: Notify,
    pub(super) running: Mutex<HashMap<i64, Running>>,
}

/// An execution that runs here.
pub(super) struct Running {
    pub(super) cancel: watch::Sender<bool>,
    pub(super) task: Option<AbortHandle>,
}

impl Inner {
    /// It runs here no longer.
    pub(super) fn ended(&self, seq: i64) {
        let mut running = self.running();
        running.remove(&seq);
        if running.is_empty() {
            self.parts.runner.spare.let_go();
        }
    }

    pub(super) fn running(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
