//! How often something is timed, and the median of it.

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

/// The median time of `run`. It is called once more, untimed, before: caches of the machine are warm.
pub(crate) fn median(
    runs: Runs,
    mut run: impl FnMut() -> Result<(), Failure>,
) -> Result<Duration, Failure> {
    run()?;
    median_of(runs, || {
        let start = Instant::now();
        run()?;
        Ok(start.elapsed())
    })
}

/// The median of what `run` says it took, for work that has a part which does not count.
pub(crate) fn median_of(
    runs: Runs,
    mut run: impl FnMut() -> Result<Duration, Failure>,
) -> Result<Duration, Failure> {
    let mut times = (0..runs.count())
        .map(|_| run())
        .collect::<Result<Vec<_>, _>>()?;
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied();
    middle.ok_or_else(|| "nothing was timed".into())
}
