//! Steps that need not run: those whose key has an entry that can be used.
//!
//! A step is looked up once it is ready and before it takes a worker's turn. A hit is known to its dependents at once and
//! stored later: the hits of a whole chain are one transaction, so that fifty cached steps cost one commit.

use std::sync::Arc;

use attest_core::v1::StepStatus;
use tokio::task::spawn_blocking;

use super::attempt::{Attempt, RunError};
use super::beginning::Miss;
use super::inner::Inner;
use super::journal::{Journal, StepLines};
use super::state::State;
use crate::cache::{self, Facts, Key, Restored};
use crate::record::{Record, RecordError};
use crate::step::LogLine;
use crate::store::StoreError;
use crate::store::cache::{self as entries, Entry, Origin};
use crate::store::logs::{self, Written};
use crate::store::steps::{self, Finished};
use crate::tree::{Digested, Summary};
use crate::view::{Left, Seen};

/// Steps that are looked up together.
const ROUND: usize = 32;
/// How many bytes are read or held before the hits so far are stored: the steps that have to run wait for it.
const WAVE: u64 = 64 << 20;

/// Looks up what is ready, and what becomes ready by that. Every hit is stored when this returns.
pub(super) async fn look_up(
    inner: &Arc<Inner>,
    attempt: &Arc<Attempt>,
    state: &mut State,
    log: &Journal,
) -> Result<(), RunError> {
    let mut hits = Vec::new();
    let mut weight = 0;
    while weight < WAVE {
        let ready: Vec<usize> = state.unlooked().take(ROUND).collect();
        if ready.is_empty() {
            break;
        }
        for (position, answer) in round(inner, attempt, state, ready).await? {
            match answer {
                Answer::Hit(hit) => {
                    let Hit { key, restored, log } = *hit;
                    let Restored {
                        record,
                        left,
                        verified,
                    } = restored;
                    let text: usize = log.iter().map(|line| line.text.len()).sum();
                    let held = text + record.stdout.len() + record.stderr.len();
                    weight += verified + held as u64;
                    state.hit(position, left);
                    hits.push((position, key, record, log));
                }
                Answer::Miss(miss) => state.missed(position, miss),
            }
        }
    }
    store(inner, attempt, hits, log).await
}

enum Answer {
    Hit(Box<Hit>),
    Miss(Miss),
}

struct Hit {
    key: Key,
    restored: Restored,
    log: Vec<LogLine>,
}

async fn round(
    inner: &Arc<Inner>,
    attempt: &Arc<Attempt>,
    state: &mut State,
    ready: Vec<usize>,
) -> Result<Vec<(usize, Answer)>, RunError> {
    let mut found = find_all(inner, attempt, state, ready.clone()).await?;
    let on_its_way = |(_, key, entry): &Looked| {
        entry.is_none() && key.as_ref().is_some_and(|key| state.will_have(key))
    };
    if found.iter().any(on_its_way) {
        // The same as a step that has just ended: it must not run twice.
        state.settle().await?;
        found = find_all(inner, attempt, state, ready).await?;
    }
    let inner = Arc::clone(inner);
    Ok(spawn_blocking(move || {
        let answers = found
            .into_iter()
            .map(|(position, key, entry)| (position, answer(&inner, key, entry)));
        answers.collect()
    })
    .await?)
}

/// A step, its key, and what was found under it.
type Looked = (usize, Option<Key>, Option<Found>);

async fn find_all(
    inner: &Arc<Inner>,
    attempt: &Arc<Attempt>,
    state: &State,
    ready: Vec<usize>,
) -> Result<Vec<Looked>, StoreError> {
    let keys = Keys {
        inner: Arc::clone(inner),
        attempt: Arc::clone(attempt),
        source: state.source.summary.clone(),
        outputs: state.outputs.clone(),
    };
    inner
        .parts
        .store
        .read(move |connection| {
            let find = |position: usize| {
                let key = keys.of(position);
                let entry = match &key {
                    Some(key) => find(connection, key)?,
                    None => None,
                };
                Ok((position, key, entry))
            };
            ready.into_iter().map(find).collect()
        })
        .await
}

/// An entry, and what its step wrote; nothing where that is gone.
type Found = (Entry, Option<Written>);

fn find(connection: &rusqlite::Connection, key: &Key) -> Result<Option<Found>, StoreError> {
    let Some(entry) = entries::find(connection, key.as_bytes())? else {
        return Ok(None);
    };
    let Origin {
        execution,
        position,
        log,
        ..
    } = entry.origin;
    let written = match log {
        Some(span) => logs::written(connection, execution, position, span, cache::REPLAYED)?,
        None => Some(Written::default()),
    };
    Ok(Some((entry, written)))
}

fn answer(inner: &Inner, key: Option<Key>, found: Option<Found>) -> Answer {
    let miss = |stale| Answer::Miss(Miss { key, stale });
    let (Some(key), Some((entry, written))) = (key, found) else {
        return miss(None);
    };
    let origin = entry.origin;
    let Some(written) = written else {
        tracing::warn!(execution = %origin.id, "a cached step's log is gone; the step runs again");
        return miss(Some(origin));
    };
    match cache::restore(&entry.record, &inner.parts.blobs) {
        Ok(restored) => Answer::Hit(Box::new(Hit {
            key,
            restored,
            log: cache::replay(&origin, written, inner.parts.host.now()),
        })),
        Err(refusal) => {
            tracing::warn!(%refusal, execution = %origin.id, "a cached step cannot be used; it runs again");
            miss(refusal.is_for_good().then_some(origin))
        }
    }
}

/// What the keys of ready steps are made of.
struct Keys {
    inner: Arc<Inner>,
    attempt: Arc<Attempt>,
    source: Option<Arc<Summary>>,
    outputs: Vec<Option<Digested>>,
}

impl Keys {
    /// `None` where the step is not to be looked up.
    fn of(&self, position: usize) -> Option<Key> {
        let plan = &self.attempt.plan;
        let step = plan.steps.get(position)?;
        let source = self.source.as_ref().filter(|_| plan.cache && step.cache)?;
        let upstream: Vec<Left<'_>> = step
            .upstream
            .iter()
            .map(|at| {
                let left = self.outputs.get(*at)?.as_ref()?;
                Some(Left {
                    declared: &plan.steps.get(*at)?.outputs,
                    tree: &left.tree,
                    digest: left.digest,
                })
            })
            .collect::<Option<_>>()?;
        let strict = step.strict_inputs.then_some(step.inputs.as_slice());
        let seen = Seen::of(source, &upstream, &step.outputs, strict);
        let (parts, sandbox) = (&self.inner.parts, &self.inner.parts.runner.sandbox);
        Some(Key::of(&Facts {
            salt: &parts.cache_salt,
            run: &step.run,
            inputs: &step.inputs,
            outputs: &step.outputs,
            working_dir: step.working_dir.as_deref(),
            network: step.network && sandbox.network(),
            strict_inputs: step.strict_inputs,
            source: seen.source,
            upstream: &seen.outputs,
            environment: &parts.environment.with(&plan.environment_of(step)),
            isolation: sandbox.isolation().word(),
            allow_read: sandbox.allow_read().collect(),
        }))
    }
}

/// One transaction: the steps' ends, their lines, and that their entries were of use.
async fn store(
    inner: &Arc<Inner>,
    attempt: &Attempt,
    hits: Vec<(usize, Key, Record, Vec<LogLine>)>,
    log: &Journal,
) -> Result<(), RunError> {
    if hits.is_empty() {
        return Ok(());
    }
    let (seq, now) = (attempt.seq, inner.parts.host.now());
    let mut ends = Vec::with_capacity(hits.len());
    let mut lines: Vec<StepLines> = Vec::with_capacity(hits.len());
    for (position, key, record, log) in hits {
        let record = record.of_hit(now);
        let finished = Finished {
            status: StepStatus::Completed,
            exit_code: record.exit_code,
            cache_hit: true,
            completed_at: now,
            duration_ms: 0,
            input_hash: Some(record.input_hash.to_string()),
            output_hash: Some(record.output_hash.to_string()),
            record: Some(serde_json::to_string(&record).map_err(RecordError::from)?),
        };
        ends.push((position, key, finished));
        lines.push((position, log));
    }
    log.commit(lines, move |connection, _| {
        for (position, key, finished) in &ends {
            steps::finish(connection, seq, *position, finished)?;
            entries::used(connection, key.as_bytes(), now)?;
        }
        entries::count(connection, ends.len() as u64, 0)
    })
    .await?;
    Ok(())
}
