//! Running an attempt: steps start as soon as what they need is done, until nothing can.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::attempt::{Attempt, Ran, RunError, asked};
use super::cached;
use super::conclude;
use super::inner::Inner;
use super::journal::Journal;
use super::run_step::StepTask;
use super::state::State;
use super::verdict::Conclusion;
use crate::store::{StoreError, executions, logs, steps};

/// Runs what is left to run, and stores the end.
pub(super) async fn run(
    inner: &Arc<Inner>,
    attempt: Attempt,
    mut cancelled: watch::Receiver<bool>,
) -> Result<(), RunError> {
    let store = &inner.parts.store;
    let seq = attempt.seq;
    let known: Result<_, StoreError> = store
        .read(move |connection| {
            // Was its end asked for before this attempt could hear of it?
            let cancelling = executions::is_cancelling(connection, seq)?;
            let next = logs::next_seq(connection, seq)?;
            Ok((steps::stored(connection, seq)?, cancelling, next))
        })
        .await;
    let (rows, mut cancelling, next) = known?;
    let journal = Journal::open(store, seq, next);
    let attempt = Arc::new(attempt);
    let mut state = match State::restore(inner, &attempt, &rows).await? {
        Ok(state) => state,
        Err(lost) => {
            let end = Conclusion::SourceLost(lost);
            return conclude::conclude(inner, &attempt, end, BTreeSet::new()).await;
        }
    };
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
                followed: state.has_more_to_begin(),
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
    state.settle().await?;
    drop(journal);
    let conclusion = if cancelling {
        Conclusion::Cancelled
    } else {
        Conclusion::Ended
    };
    conclude::conclude(inner, &attempt, conclusion, state.served).await
}
