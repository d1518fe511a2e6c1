//! What one attempt knows of its steps: which are done and with what outputs, which were looked up, which may start.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use attest_core::v1::StepStatus;

use super::attempt::{Attempt, Ran, RunError, Unsettled, decode};
use super::beginning::Miss;
use super::inner::Inner;
use super::plan::Plan;
use super::schedule::Schedule;
use super::source::stored_tree;
use crate::cache::Key;
use crate::store::{StoreError, steps};
use crate::tree::{Digested, Summary, Tree};
use crate::view::Upstream;

/// What the attempt knows of its steps.
pub(super) struct State {
    schedule: Schedule,
    pub(super) source: Source,
    /// By position, once a step has succeeded.
    pub(super) outputs: Vec<Option<Digested>>,
    /// Steps that were looked up and have to run, by position.
    misses: HashMap<usize, Miss>,
    /// Steps that this attempt took from the cache: their outputs were read and hashed.
    pub(super) served: BTreeSet<usize>,
    /// Ends of steps that are on their way to the disk.
    unsettled: Vec<Unsettled>,
}

/// The source of an attempt. Clones share it.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) tree: Arc<Tree>,
    /// `None` where nothing is looked up, or where the tree is too deep for it.
    pub(super) summary: Option<Arc<Summary>>,
}

impl State {
    /// What an earlier attempt finished stays finished, with the outputs it had. Without its source no attempt can go on:
    /// then what is wrong with it, in words.
    pub(super) async fn restore(
        inner: &Arc<Inner>,
        attempt: &Arc<Attempt>,
        rows: &[steps::Stored],
    ) -> Result<Result<Self, String>, RunError> {
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
        let restored = tokio::task::spawn_blocking(move || {
            let blobs = &inner.parts.blobs;
            let source = match stored_tree(&attempt.plan.source, blobs) {
                Err(error) if error.is_damage() => {
                    return Ok(Err(format!(
                        "the description of the source cannot be read any more: {error}"
                    )));
                }
                source => source?,
            };
            let source = Source {
                summary: if attempt.plan.looks_up() {
                    Summary::of(&source).map(Arc::new)
                } else {
                    None
                },
                tree: Arc::new(source),
            };
            let mut outputs = vec![None; count];
            for (position, record) in finished {
                if let Some(slot) = outputs.get_mut(position) {
                    *slot = Some(Digested::from(record.outputs(blobs)?.tree));
                }
            }
            Ok::<_, RunError>(Ok((source, outputs)))
        });
        Ok(restored.await??.map(|(source, outputs)| Self {
            schedule,
            source,
            outputs,
            misses: HashMap::new(),
            served: BTreeSet::new(),
            unsettled: Vec::new(),
        }))
    }

    /// Steps that are ready and were not looked up.
    pub(super) fn unlooked(&self) -> impl Iterator<Item = usize> {
        self.schedule
            .ready()
            .filter(|position| !self.misses.contains_key(position))
    }

    pub(super) fn has_more_to_look_up(&self) -> bool {
        self.unlooked().next().is_some()
    }

    /// Whether a step has not begun, and still may.
    pub(super) fn has_more_to_begin(&self) -> bool {
        self.schedule.has_waiting()
    }

    /// The next step to run, of those that were looked up.
    pub(super) fn next(&mut self) -> Option<(usize, Miss)> {
        let misses = &self.misses;
        let position = self.schedule.next(|at| misses.contains_key(&at))?;
        Some((position, self.misses.remove(&position)?))
    }

    /// It was looked up and has to run.
    pub(super) fn missed(&mut self, position: usize, miss: Miss) {
        self.misses.insert(position, miss);
    }

    /// It was looked up and need not run.
    pub(super) fn hit(&mut self, position: usize, left: Digested) {
        self.served.insert(position);
        self.succeeded(position, left);
    }

    fn succeeded(&mut self, position: usize, left: Digested) {
        if let Some(slot) = self.outputs.get_mut(position) {
            *slot = Some(left);
        }
        self.schedule.succeeded(position);
    }

    /// Whether a step that is not over yet as far as the database knows keeps its result under this key.
    pub(super) fn will_have(&self, key: &Key) -> bool {
        let mut kept = self.unsettled.iter().filter_map(|it| it.kept.as_ref());
        kept.any(|kept| kept == key)
    }

    /// Returns once every step that has ended is on the disk.
    pub(super) async fn settle(&mut self) -> Result<(), RunError> {
        for unsettled in self.unsettled.drain(..) {
            unsettled.stored.durable().await?;
        }
        Ok(())
    }

    pub(super) fn upstream(&self, plan: &Plan, position: usize) -> Vec<Upstream> {
        let seen = plan
            .steps
            .get(position)
            .map(|step| step.upstream.as_slice())
            .unwrap_or_default();
        let upstream = seen.iter().filter_map(|at| {
            let (step, left) = (plan.steps.get(*at)?, self.outputs.get(*at)?.as_ref()?);
            Some(Upstream {
                declared: step.outputs.clone(),
                tree: Arc::clone(&left.tree),
            })
        });
        upstream.collect()
    }

    pub(super) async fn ended(
        &mut self,
        inner: &Arc<Inner>,
        seq: i64,
        position: usize,
        ran: Ran,
    ) -> Result<(), RunError> {
        match ran {
            Ran::Succeeded(left, unsettled) => {
                self.unsettled.push(unsettled);
                self.succeeded(position, left);
            }
            Ran::Failed => {
                let skipped = self.schedule.failed(position);
                let marked: Result<(), StoreError> = inner
                    .parts
                    .store
                    .write_news(seq, move |connection| {
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
