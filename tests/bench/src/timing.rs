//! How often something is timed, and the median of it. What is compared takes turns, so that a machine which slows down
//! meanwhile slows down all of it.

use std::time::{Duration, Instant};

use crate::Failure;

/// How many times each thing is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Runs(usize);

impl Runs {
    pub(crate) const FULL: Self = Self(11);
    pub(crate) const QUICK: Self = Self(3);

    pub(crate) const fn count(self) -> usize {
        self.0
    }
}

/// Something that does its work once and says how long it took.
pub(crate) type Run<'a> = Box<dyn FnMut() -> Result<Duration, Failure> + 'a>;

/// All of `work` counts.
pub(crate) fn whole<'a>(mut work: impl FnMut() -> Result<(), Failure> + 'a) -> Run<'a> {
    Box::new(move || {
        let start = Instant::now();
        work()?;
        Ok(start.elapsed())
    })
}

/// The median of one thing.
pub(crate) fn median(runs: Runs, run: Run<'_>) -> Result<Duration, Failure> {
    let medians = medians(runs, vec![run])?;
    medians.first().copied().ok_or_else(nothing)
}

/// The median of each. Every one runs once before, untimed: the machine's caches are warm.
pub(crate) fn medians(runs: Runs, mut each: Vec<Run<'_>>) -> Result<Vec<Duration>, Failure> {
    let mut times = vec![Vec::with_capacity(runs.count()); each.len()];
    for turn in 0..=runs.count() {
        for (run, times) in each.iter_mut().zip(&mut times) {
            let time = run()?;
            if turn > 0 {
                times.push(time);
            }
        }
    }
    let middle = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times.get(times.len() / 2).copied().ok_or_else(nothing)
    };
    times.into_iter().map(middle).collect()
}

fn nothing() -> Failure {
    "nothing was timed".into()
}
