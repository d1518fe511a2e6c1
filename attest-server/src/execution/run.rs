//! One attempt at an execution: steps start as soon as what they need is done, until nothing can.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::cached;
use super::conclude::{self, Conclusion};
use super::executor::{Inner, asked};
use super::journal::Journal;
use super::plan::Plan;
use super::run_step::{Ran, StepTask};
use super::state::State;
use crate::record::{Record, RecordError};
use crate::store::{StoreError, executions, steps};

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
        if !cancelling {
            cached::look_up(inner, &attempt, &mut state, &journal).await?;
        }
        while !cancelling && tasks.len() < inner.parts.steps_per_execution {
            let Some((position, miss)) = state.next() else {
                break;
            };
            let task = StepTask {
                inner: Arc::clone(inner),
                attempt: Arc::clone(&attempt),
                position,
                miss,
                source: Arc::clone(&state.source.tree),
                upstream: state.upstream(&attempt.plan, position),
                log: journal.clone(),
                cancelled: cancelled.clone(),
            };
            tasks.spawn(async move { Ok((position, task.run().await?)) });
        }
        if !cancelling && state.has_more_to_look_up() {
            cancelling = *cancelled.borrow();
            continue;
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
    conclude::conclude(inner, &attempt, conclusion, state.served).await
}

pub(super) fn decode(record: &str) -> Result<Record, RecordError> {
    Ok(serde_json::from_str(record)?)
}
