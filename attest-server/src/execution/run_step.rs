//! One step of an attempt: its turn, its row, its run, its record.

use std::sync::Arc;
use std::time::Duration;

use attest_core::v1::StepStatus;
use tokio::sync::watch;

use super::attempt::{Attempt, Ran, RunError, Unsettled, asked};
use super::beginning::{Beginning, Miss};
use super::inner::Inner;
use super::journal::{Journal, Submitted};
use super::plan::PlannedStep;
use crate::record::Record;
use crate::step::{self, Reason, StepError, StepOutcome, StepRequest};
use crate::store::StoreError;
use crate::store::cache::{self as entries, NewEntry};
use crate::store::steps::{self, Finished};
use crate::tree::Tree;
use crate::view::Upstream;

/// A step whose turn has come.
pub(super) struct StepTask {
    pub(super) inner: Arc<Inner>,
    pub(super) attempt: Arc<Attempt>,
    pub(super) position: usize,
    pub(super) miss: Miss,
    /// Whether steps of the attempt have not begun.
    pub(super) followed: bool,
    pub(super) source: Arc<Tree>,
    pub(super) upstream: Vec<Upstream>,
    pub(super) log: Journal,
    pub(super) cancelled: watch::Receiver<bool>,
}

impl StepTask {
    pub(super) async fn run(mut self) -> Result<Ran, RunError> {
        let Some(planned) = self.attempt.plan.steps.get(self.position).cloned() else {
            return Ok(Ran::Cancelled);
        };
        let workers = Arc::clone(&self.inner.workers);
        let mut cancelled = self.cancelled.clone();
        let turn = tokio::select! {
            turn = workers.acquire() => turn,
            () = asked(&mut cancelled) => return Ok(Ran::Cancelled),
        };
        // Closed only when the server ends; what did not begin is then found again at the next start.
        let Ok(_turn) = turn else {
            return Ok(Ran::Cancelled);
        };

        let now = self.inner.parts.host.now();
        let beginning = Beginning::new(self.attempt.seq, self.position, self.miss.clone(), now);
        match self.step(&planned, beginning.clone()).await {
            Ok(outcome) => self.finish(outcome, beginning).await,
            Err(error) => self.machine_failed(&error, beginning).await,
        }
    }

    async fn step(
        &mut self,
        planned: &PlannedStep,
        beginning: Beginning,
    ) -> Result<StepOutcome, StepError> {
        let request = StepRequest {
            execution_id: self.attempt.id.clone(),
            name: planned.name.clone(),
            run: planned.run.clone(),
            inputs: planned.inputs.clone(),
            outputs: planned.outputs.clone(),
            working_dir: planned.working_dir.clone(),
            env: self
                .inner
                .parts
                .environment
                .with(&self.attempt.plan.environment_of(planned)),
            timeout: planned.timeout_secs.map(Duration::from_secs),
            network: planned.network,
            strict_inputs: planned.strict_inputs,
            followed: self.followed,
            source: Arc::clone(&self.source),
            upstream: std::mem::take(&mut self.upstream),
        };
        let mut cancelled = self.cancelled.clone();
        let cancel = async move { asked(&mut cancelled).await };
        step::run(
            &self.inner.parts.runner,
            request,
            self.log.of_step(self.position, beginning),
            cancel,
        )
        .await
    }

    async fn finish(&self, outcome: StepOutcome, beginning: Beginning) -> Result<Ran, RunError> {
        let was_cancelled = outcome.reason == Some(Reason::Cancelled);
        let status = status(&outcome);
        let (completed_at, duration) = (outcome.completed_at, outcome.duration);
        let inner = Arc::clone(&self.inner);
        let (record, tree) =
            tokio::task::spawn_blocking(move || Record::store(outcome, &inner.parts.blobs))
                .await?
                .map_err(crate::record::RecordError::from)?;
        let finished = Finished {
            status,
            exit_code: record.exit_code,
            cache_hit: record.cache_hit,
            completed_at,
            duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            input_hash: Some(record.input_hash.to_string()),
            output_hash: Some(record.output_hash.to_string()),
            record: Some(serde_json::to_string(&record).map_err(crate::record::RecordError::from)?),
        };
        let stored = self.store(finished, beginning).await?;
        if record.is_success() {
            // What needs it may make ready while this is on its way to the disk.
            let kept = self.miss.key;
            return Ok(Ran::Succeeded(tree, Unsettled { stored, kept }));
        }
        stored.durable().await?;
        Ok(if was_cancelled {
            Ran::Cancelled
        } else {
            Ran::Failed
        })
    }

    /// Nothing can be said of what the step read and wrote: it failed, and the receipt leaves it out.
    async fn machine_failed(
        &self,
        error: &StepError,
        beginning: Beginning,
    ) -> Result<Ran, RunError> {
        tracing::error!(%error, execution = %self.attempt.id, "a step could not be run");
        let now = self.inner.parts.host.now();
        let finished = Finished {
            status: StepStatus::Failed,
            exit_code: Some(125),
            cache_hit: false,
            completed_at: now,
            duration_ms: 0,
            input_hash: None,
            output_hash: None,
            record: None,
        };
        self.store(finished, beginning).await?.durable().await?;
        Ok(Ran::Failed)
    }

    /// The step's end, together with its last lines; what succeeded is kept for every later step that is the same.
    async fn store(
        &self,
        finished: Finished,
        beginning: Beginning,
    ) -> Result<Submitted, StoreError> {
        let (seq, position) = (self.attempt.seq, self.position);
        let key = self
            .miss
            .key
            .filter(|_| finished.status == StepStatus::Completed);
        self.log
            .submit(Vec::new(), move |connection, spans| {
                beginning.store(connection)?;
                steps::finish(connection, seq, position, &finished)?;
                let (Some(key), Some(record)) = (key, &finished.record) else {
                    return Ok(());
                };
                let entry = NewEntry {
                    execution: seq,
                    position,
                    log: spans.get(&position).copied(),
                    record,
                };
                entries::insert(connection, key.as_bytes(), &entry, finished.completed_at)
            })
            .await
    }
}

fn status(outcome: &StepOutcome) -> StepStatus {
    match outcome.reason {
        Some(Reason::Cancelled) => StepStatus::Cancelled,
        Some(Reason::Timeout) => StepStatus::TimedOut,
        _ if outcome.is_success() => StepStatus::Completed,
        _ => StepStatus::Failed,
    }
}
