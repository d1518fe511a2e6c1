//! One attempt at an execution: steps start as soon as what they need is done, until nothing can.

use std::sync::Arc;

use attest_core::v1::StepStatus;
use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::conclude::{self, Conclusion};
use super::executor::{Inner, asked};
use super::journal::Journal;
use super::plan::Plan;
use super::record::{Record, RecordError};
use super::run_step::{Ran, StepTask};
use super::schedule::Schedule;
use crate::store::{StoreError, executions, steps};
use crate::tree::Tree;

/// The largest source description that is read back, bytes.
const SOURCE_LIMIT: u64 = 1 << 30;

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

/// Runs what is left to run, and stores the end.
pub(super) async fn run(
    inner: &Arc<Inner>,
    attempt: Attempt,
    mut cancelled: watch::Receiver<bool>,
) -> Result<(), RunError> {
    let store = &inner.parts.store;
    let seq = attempt.seq;
    let rows = store
        .read(move |connection| steps::stored(connection, seq))
        .await?;
    // Asked for before this attempt could hear of it?
    let mut cancelling = store
        .read(move |connection| executions::is_cancelling(connection, seq))
        .await?;
    let journal = Journal::open(store, seq).await?;
    let attempt = Arc::new(attempt);
    let mut state = State::restore(inner, &attempt, &rows).await?;
    let mut tasks: JoinSet<Result<(usize, Ran), RunError>> = JoinSet::new();
    loop {
        while !cancelling && tasks.len() < inner.parts.steps_per_execution {
            let Some(position) = state.schedule.next() else {
                break;
            };
            let task = StepTask {
                inner: Arc::clone(inner),
                attempt: Arc::clone(&attempt),
                position,
                source: Arc::clone(&state.source),
                upstream: state.upstream(&attempt.plan, position),
                log: journal.clone(),
                cancelled: cancelled.clone(),
            };
            tasks.spawn(async move { Ok((position, task.run().await?)) });
        }
        if tasks.is_empty() {
            break;
        }
        tokio::select! {
            done = tasks.join_next() => {
                let Some(done) = done else { break };
                let (position, ran) = done??;
                state.ended(inner, seq, position, ran).await?;
            }
            () = asked(&mut cancelled), if !cancelling => cancelling = true,
        }
    }
    drop(journal);
    let conclusion = if cancelling {
        Conclusion::Cancelled
    } else {
        Conclusion::Ended
    };
    conclude::conclude(inner, &attempt, conclusion).await
}

/// What the attempt knows of its steps.
struct State {
    schedule: Schedule,
    source: Arc<Tree>,
    /// By position, once a step has succeeded.
    outputs: Vec<Option<Arc<Tree>>>,
}

impl State {
    /// What an earlier attempt finished stays finished, with the outputs it had.
    async fn restore(
        inner: &Arc<Inner>,
        attempt: &Arc<Attempt>,
        rows: &[steps::Stored],
    ) -> Result<Self, RunError> {
        let mut schedule = Schedule::new(&attempt.plan);
        let mut finished = Vec::new();
        for row in rows {
            match (&row.status, &row.record) {
                (StepStatus::Completed, Some(text)) => finished.push((row.position, decode(text)?)),
                (StepStatus::Failed | StepStatus::TimedOut, _) => {
                    // Its dependents were marked in the same transaction.
                    schedule.failed(row.position);
                }
                _ => {}
            }
        }
        for (position, _) in &finished {
            schedule.succeeded(*position);
        }
        let (inner, attempt, count) = (Arc::clone(inner), Arc::clone(attempt), rows.len());
        let (source, outputs) = tokio::task::spawn_blocking(move || {
            let blobs = &inner.parts.blobs;
            let source = blobs
                .read(&attempt.plan.source, SOURCE_LIMIT)
                .map_err(RecordError::from)?;
            let source: Tree = serde_json::from_slice(&source).map_err(RecordError::from)?;
            let mut outputs = vec![None; count];
            for (position, record) in finished {
                if let Some(slot) = outputs.get_mut(position) {
                    *slot = Some(Arc::new(record.outputs(blobs)?.tree));
                }
            }
            Ok::<_, RunError>((source, outputs))
        })
        .await??;
        Ok(Self {
            schedule,
            source: Arc::new(source),
            outputs,
        })
    }

    fn upstream(&self, plan: &Plan, position: usize) -> Vec<crate::view::Upstream> {
        let seen = plan
            .steps
            .get(position)
            .map(|step| step.upstream.as_slice())
            .unwrap_or_default();
        let upstream = seen.iter().filter_map(|at| {
            let (step, tree) = (plan.steps.get(*at)?, self.outputs.get(*at)?.clone()?);
            Some(crate::view::Upstream {
                declared: step.outputs.clone(),
                tree,
            })
        });
        upstream.collect()
    }

    async fn ended(
        &mut self,
        inner: &Arc<Inner>,
        seq: i64,
        position: usize,
        ran: Ran,
    ) -> Result<(), RunError> {
        match ran {
            Ran::Succeeded(tree) => {
                if let Some(slot) = self.outputs.get_mut(position) {
                    *slot = Some(Arc::new(tree));
                }
                self.schedule.succeeded(position);
            }
            Ran::Failed => {
                let skipped = self.schedule.failed(position);
                let marked: Result<(), StoreError> = inner
                    .parts
                    .store
                    .write(move |connection| {
                        skipped.iter().try_for_each(|at| {
                            steps::mark(connection, seq, *at, &StepStatus::Skipped)
                        })
                    })
                    .await;
                marked?;
            }
            Ran::Cancelled => {}
        }
        Ok(())
    }
}

pub(super) fn decode(record: &str) -> Result<Record, RecordError> {
    Ok(serde_json::from_str(record)?)
}
