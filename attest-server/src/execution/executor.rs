//! Slots, the queue, and who is running: what the API asks of execution.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use attest_core::v1;
use chrono::{DateTime, Utc};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

use super::attempt::Attempt;
use super::inner::{Inner, Parts, Running};
use super::plan::Plan;
use super::plan_error::PlanError;
use super::planning::{Planned, Planner};
use super::source::Uploaded;
use super::{recovery, run};
use crate::store::executions::Claimed;
use crate::store::{StoreError, executions};

/// Before the queue is looked at again after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Calls that are settled at once.
const PLANNING: usize = 4;

/// Runs executions. Clones share it.
#[derive(Clone)]
pub(crate) struct Executor {
    inner: Arc<Inner>,
}

/// The right to run one execution; given back when dropped.
pub(crate) struct Slot(#[allow(dead_code)] OwnedSemaphorePermit); // held, never read

impl Executor {
    pub(crate) fn new(parts: Parts) -> Self {
        let permits = parts.workers.min(Semaphore::MAX_PERMITS);
        let inner = Inner {
            workers: Arc::new(Semaphore::new(permits)),
            slots: Arc::new(Semaphore::new(permits)),
            planning: Semaphore::new(PLANNING),
            queue: Notify::new(),
            running: Mutex::default(),
            parts,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Puts right what an earlier process left, then begins to take from the queue. Call it before serving.
    pub(crate) async fn begin(&self) -> Result<(), StoreError> {
        recovery::recover_all(&self.inner).await?;
        let executor = self.clone();
        tokio::spawn(async move { executor.take_from_queue().await });
        self.look_at_queue();
        Ok(())
    }

    /// Settles a call: the effective pipeline, its order, a snapshot of the source at this moment.
    pub(crate) async fn plan(
        &self,
        name: String,
        config: v1::Config,
        request: v1::ExecuteRequest,
    ) -> Result<Planned, PlanError> {
        let closed = |error: tokio::sync::AcquireError| PlanError::Internal(error.to_string());
        let _turn = self.inner.planning.acquire().await.map_err(closed)?;
        let uploaded = match &request.source {
            Some(named) => Some(Uploaded::find(named, &self.inner.parts.store).await?),
            None => None,
        };
        let inner = Arc::clone(&self.inner);
        let planned = tokio::task::spawn_blocking(move || {
            let parts = &inner.parts;
            let planner = Planner {
                source: parts.source.as_deref(),
                uploaded,
                data_dir: &parts.data_dir,
                blobs: &parts.blobs,
                sandbox: &parts.runner.sandbox,
            };
            planner.plan(&name, &config, request)
        });
        planned
            .await
            .map_err(|error| PlanError::Internal(error.to_string()))?
    }

    /// A slot, where one is free and nobody has waited longer for it.
    pub(crate) fn free_slot(&self) -> Option<Slot> {
        Arc::clone(&self.inner.slots)
            .try_acquire_owned()
            .ok()
            .map(Slot)
    }

    /// Says that something was queued.
    pub(crate) fn look_at_queue(&self) {
        self.inner.queue.notify_one();
    }

    /// Runs an execution that was claimed when it was accepted.
    pub(crate) fn start(
        &self,
        seq: i64,
        id: String,
        plan: Plan,
        started_at: DateTime<Utc>,
        slot: Slot,
    ) {
        self.spawn(
            seq,
            Attempt {
                seq,
                id,
                plan,
                started_at,
            },
            slot,
        );
    }

    /// Ends an execution's steps. One that is not running here is left alone: its row says that it is to end.
    pub(crate) fn cancel(&self, seq: i64) {
        if let Some(running) = self.inner.running().get(&seq) {
            running.cancel.send_replace(true);
        }
    }

    /// Ends everything at once, without a word in the store: the next start recovers it.
    pub(crate) fn abandon(&self) {
        self.inner.slots.close();
        for (_, running) in self.inner.running().drain() {
            if let Some(task) = running.task {
                task.abort();
            }
        }
    }

    fn spawn(&self, seq: i64, attempt: Attempt, slot: Slot) {
        let (cancel, cancelled) = watch::channel(false);
        self.inner
            .running()
            .insert(seq, Running { cancel, task: None });
        let executor = self.clone();
        let task = tokio::spawn(async move {
            if let Err(error) = run::run(&executor.inner, attempt, cancelled).await {
                tracing::error!(%error, execution = seq, "an execution could not go on; it will be recovered");
                recovery::recover_when_possible(&executor.inner, seq).await;
            }
            executor.inner.ended(seq);
            drop(slot);
            executor.look_at_queue();
        });
        if let Some(running) = self.inner.running().get_mut(&seq) {
            running.task = Some(task.abort_handle());
        }
    }

    async fn take_from_queue(&self) {
        loop {
            self.inner.queue.notified().await;
            loop {
                // In turn with the calls that take a free slot themselves: whoever waits is first.
                let Ok(permit) = Arc::clone(&self.inner.slots).acquire_owned().await else {
                    return;
                };
                match self.claim().await {
                    Ok(Some((claimed, plan))) => {
                        let Claimed {
                            seq,
                            id,
                            started_at,
                            ..
                        } = claimed;
                        self.spawn(
                            seq,
                            Attempt {
                                seq,
                                id,
                                plan,
                                started_at,
                            },
                            Slot(permit),
                        );
                    }
                    Ok(None) => break,
                    Err(error) => {
                        tracing::error!(%error, "the queue could not be read");
                        drop(permit);
                        tokio::time::sleep(STORE_PAUSE).await;
                    }
                }
            }
        }
    }

    async fn claim(&self) -> Result<Option<(Claimed, Plan)>, StoreError> {
        let now = self.inner.parts.host.now();
        let claimed = self
            .inner
            .parts
            .store
            .write(move |connection| executions::claim_next(connection, now))
            .await?;
        let Some(claimed) = claimed else {
            return Ok(None);
        };
        self.inner.parts.store.news().changed(claimed.seq);
        let plan = Plan::decode(&claimed.plan)?;
        Ok(Some((claimed, plan)))
    }
}
