//! What one attempt knows of its steps: which are done and with what outputs, which were looked up, which may start.

use std::collections::HashMap;
use std::sync::Arc;

use attest_core::v1::StepStatus;

use super::cached::{Miss, Ready};
use super::executor::Inner;
use super::plan::Plan;
use super::run::{Attempt, RunError, decode};
use super::run_step::Ran;
use super::schedule::Schedule;
use crate::record::RecordError;
use crate::store::{StoreError, steps};
use crate::tree::Tree;

/// The largest source description that is read back, bytes.
const SOURCE_LIMIT: u64 = 1 << 30;

/// What the attempt knows of its steps.
pub(super) struct State {
    schedule: Schedule,
    pub(super) source: Arc<Tree>,
    /// By position, once a step has succeeded.
    outputs: Vec<Option<Arc<Tree>>>,
    /// Steps that were looked up and have to run, by position.
    misses: HashMap<usize, Miss>,
}

impl State {
    /// What an earlier attempt finished stays finished, with the outputs it had.
    pub(super) async fn restore(
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
            misses: HashMap::new(),
        })
    }

    /// Steps that are ready and were not looked up, at most so many.
    pub(super) fn unlooked(&self, plan: &Plan, limit: usize) -> Vec<Ready> {
        let ready = self.unlooked_positions().take(limit);
        ready
            .map(|position| Ready {
                position,
                upstream: self.upstream(plan, position),
            })
            .collect()
    }

    fn unlooked_positions(&self) -> impl Iterator<Item = usize> {
        self.schedule
            .ready()
            .filter(|position| !self.misses.contains_key(position))
    }

    pub(super) fn has_more_to_look_up(&self) -> bool {
        self.unlooked_positions().next().is_some()
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

    pub(super) fn succeeded(&mut self, position: usize, outputs: Tree) {
        if let Some(slot) = self.outputs.get_mut(position) {
            *slot = Some(Arc::new(outputs));
        }
        self.schedule.succeeded(position);
    }

    pub(super) fn upstream(&self, plan: &Plan, position: usize) -> Vec<crate::view::Upstream> {
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

    pub(super) async fn ended(
        &mut self,
        inner: &Arc<Inner>,
        seq: i64,
        position: usize,
        ran: Ran,
    ) -> Result<(), RunError> {
        match ran {
            Ran::Succeeded(tree) => self.succeeded(position, tree),
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
