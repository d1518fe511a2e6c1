//! After a crash, or after the store failed under a run: every unfinished execution gets its second chance or its end.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use attest_core::v1::StepStatus;

use super::attempt::{Attempt, RunError};
use super::conclude;
use super::inner::Inner;
use super::plan::Plan;
use super::verdict::Conclusion;
use crate::store::executions::Unfinished;
use crate::store::{StoreError, executions, steps};
use crate::supervisor::{Identity, kill_leftover};

/// How often an execution is tried.
const ATTEMPTS: u32 = 2;
/// Between tries to write down what became of an execution.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(30),
];

/// Everything an earlier process left running. Call it before anything new starts.
pub(super) async fn recover_all(inner: &Arc<Inner>) -> Result<(), StoreError> {
    let left = inner.parts.store.read(executions::left_running).await?;
    for execution in left {
        let id = execution.id.clone();
        if let Err(error) = recover(inner, execution).await {
            // One damaged execution must not keep the server from starting.
            tracing::error!(%error, execution = %id, "an execution could not be recovered; it stays as it is");
        }
    }
    Ok(())
}

/// Tries until the store can take it: a disk may have room again.
pub(super) async fn recover_when_possible(inner: &Arc<Inner>, seq: i64) {
    let last = PAUSES.iter().rev().take(1).cycle();
    for pause in PAUSES.iter().chain(last) {
        tokio::time::sleep(*pause).await;
        match recover_one(inner, seq).await {
            Ok(()) => return,
            Err(error) => tracing::error!(%error, execution = seq, "still not recovered"),
        }
    }
}

async fn recover_one(inner: &Arc<Inner>, seq: i64) -> Result<(), RunError> {
    let left = inner.parts.store.read(executions::left_running).await?;
    match left.into_iter().find(|execution| execution.seq == seq) {
        Some(execution) => recover(inner, execution).await,
        None => Ok(()),
    }
}

async fn recover(inner: &Arc<Inner>, execution: Unfinished) -> Result<(), RunError> {
    let seq = execution.seq;
    let plan = Plan::decode(&execution.plan)?;
    let rows = inner
        .parts
        .store
        .read(move |connection| steps::stored(connection, seq))
        .await?;
    let running: Vec<&steps::Stored> = rows
        .iter()
        .filter(|row| row.status == StepStatus::Running)
        .collect();
    end_leftovers(&running).await?;

    let conclusion = if execution.cancelling {
        Conclusion::Cancelled
    } else if let Some(step) = must_not_run_twice(&plan, &running) {
        Conclusion::Lost(format!(
            "the server stopped while step {step:?} ran, which must not run twice (cache: false)"
        ))
    } else if execution.attempts >= ATTEMPTS {
        Conclusion::Lost(format!(
            "the server stopped {ATTEMPTS} times while this ran"
        ))
    } else {
        tracing::info!(execution = %execution.id, "queued again after the server stopped");
        let requeued: Result<(), StoreError> = inner
            .parts
            .store
            .write_news(seq, move |connection| {
                steps::reset_running(connection, seq)?;
                executions::requeue(connection, seq)
            })
            .await;
        return Ok(requeued?);
    };
    if let Conclusion::Lost(_) = conclusion {
        lose(inner, seq, &running).await?;
    }
    let attempt = Attempt {
        seq,
        id: execution.id,
        plan,
        started_at: execution.started_at,
    };
    conclude::conclude(inner, &Arc::new(attempt), conclusion, BTreeSet::new()).await
}

/// What ran when the server stopped has failed; nothing can be said of what it wrote.
async fn lose(inner: &Arc<Inner>, seq: i64, running: &[&steps::Stored]) -> Result<(), StoreError> {
    let positions: Vec<usize> = running.iter().map(|row| row.position).collect();
    inner
        .parts
        .store
        .write_news(seq, move |connection| {
            positions
                .iter()
                .try_for_each(|at| steps::mark(connection, seq, *at, &StepStatus::Failed))
        })
        .await
}

async fn end_leftovers(running: &[&steps::Stored]) -> Result<(), RunError> {
    let identities: Vec<Identity> = running
        .iter()
        .filter_map(|row| row.supervisor.as_deref())
        .filter_map(|text| serde_json::from_str(text).ok())
        .collect();
    tokio::task::spawn_blocking(move || {
        for identity in identities {
            if let Err(error) = kill_leftover(&identity) {
                tracing::error!(%error, "what an earlier server left running could not be ended");
            }
        }
    })
    .await?;
    Ok(())
}

/// A step that was running with caching off, its own or the request's: a deploy must not happen twice.
fn must_not_run_twice<'a>(plan: &'a Plan, running: &[&steps::Stored]) -> Option<&'a str> {
    running
        .iter()
        .filter_map(|row| plan.steps.get(row.position))
        .find(|step| !plan.cache || !step.cache)
        .map(|step| step.name.as_str())
}
