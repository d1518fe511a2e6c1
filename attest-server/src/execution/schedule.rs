//! Which step comes next. A state machine without I/O: it is told what happened and answers what may start.

use super::plan::Plan;

/// Where a step is, as far as its dependents care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Started,
    Succeeded,
    /// Failed, or skipped because something it needs did.
    Barred,
}

/// The steps of one execution.
#[derive(Debug)]
pub(super) struct Schedule {
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    name: String,
    waits_for: Vec<usize>,
    remaining: usize,
    state: State,
}

impl Schedule {
    pub(super) fn new(plan: &Plan) -> Self {
        let steps = plan.steps.iter().map(|step| Step {
            name: step.name.clone(),
            waits_for: step.waits_for.clone(),
            remaining: step.remaining,
            state: State::Waiting,
        });
        Self {
            steps: steps.collect(),
        }
    }

    /// Every step that has not started and waits for nothing, in order of position.
    pub(super) fn ready(&self) -> impl Iterator<Item = usize> {
        let ready = |step: &Step| {
            step.state == State::Waiting && step.waits_for.iter().all(|at| self.succeeded_at(*at))
        };
        self.steps
            .iter()
            .enumerate()
            .filter(move |(_, step)| ready(step))
            .map(|(position, _)| position)
    }

    /// Whether a step has not started, and is not kept from it.
    pub(super) fn has_waiting(&self) -> bool {
        let waits = |step: &Step| step.state == State::Waiting;
        self.steps.iter().any(waits)
    }

    /// The next step that may start, if any: of the ready ones that `may` lets through the one with the longest chain
    /// behind it, then the first by name. It counts as started.
    pub(super) fn next(&mut self, may: impl Fn(usize) -> bool) -> Option<usize> {
        let rank = |position: usize| {
            self.steps
                .get(position)
                .map(|step| (std::cmp::Reverse(step.remaining), &step.name))
        };
        let chosen = self
            .ready()
            .filter(|position| may(*position))
            .min_by_key(|position| rank(*position))?;
        self.set(chosen, State::Started);
        Some(chosen)
    }

    pub(super) fn succeeded(&mut self, step: usize) {
        self.set(step, State::Succeeded);
    }

    /// Answers every step that will not run now.
    pub(super) fn failed(&mut self, step: usize) -> Vec<usize> {
        self.set(step, State::Barred);
        let mut skipped = Vec::new();
        loop {
            let barred = |at: &usize| {
                self.steps
                    .get(*at)
                    .is_some_and(|step| step.state == State::Barred)
            };
            let hit = self
                .steps
                .iter()
                .position(|s| s.state == State::Waiting && s.waits_for.iter().any(barred));
            let Some(hit) = hit else { return skipped };
            self.set(hit, State::Barred);
            skipped.push(hit);
        }
    }

    fn succeeded_at(&self, step: usize) -> bool {
        self.steps
            .get(step)
            .is_some_and(|step| step.state == State::Succeeded)
    }

    fn set(&mut self, step: usize, state: State) {
        if let Some(step) = self.steps.get_mut(step) {
            step.state = state;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps as (name, what it waits for, remaining).
    fn schedule(steps: &[(&str, &[usize], usize)]) -> Schedule {
        let step = |(name, waits_for, remaining): &(&str, &[usize], usize)| Step {
            name: (*name).to_owned(),
            waits_for: waits_for.to_vec(),
            remaining: *remaining,
            state: State::Waiting,
        };
        Schedule {
            steps: steps.iter().map(step).collect(),
        }
    }

    #[test]
    fn the_longest_remaining_path_goes_first_then_the_name() {
        let mut schedule = schedule(&[("z", &[], 1), ("b", &[], 2), ("a", &[], 2)]);
        assert_eq!(
            std::iter::from_fn(|| schedule.next(|_| true)).collect::<Vec<_>>(),
            [2, 1, 0]
        );
    }

    #[test]
    fn a_step_waits_for_all_it_needs() {
        let mut schedule = schedule(&[("a", &[], 2), ("b", &[], 2), ("c", &[0, 1], 1)]);
        assert_eq!(
            (
                schedule.next(|_| true),
                schedule.next(|_| true),
                schedule.next(|_| true)
            ),
            (Some(0), Some(1), None)
        );
        schedule.succeeded(0);
        assert_eq!(schedule.next(|_| true), None);
        schedule.succeeded(1);
        assert_eq!(schedule.next(|_| true), Some(2));
    }

    #[test]
    fn a_failed_step_bars_its_dependents_and_no_one_else() {
        let mut schedule =
            schedule(&[("a", &[], 3), ("b", &[0], 2), ("c", &[1], 1), ("d", &[], 1)]);
        assert_eq!(schedule.next(|_| true), Some(0));
        assert_eq!(schedule.failed(0), [1, 2]);
        assert_eq!(schedule.next(|_| true), Some(3));
        assert_eq!(schedule.next(|_| true), None);
    }
}
