//! Work on many items at a time, where the feature `parallel` is on: scoped threads, no pool.

#[cfg(feature = "fs")]
use std::{os::fd::OwnedFd, path::PathBuf};

/// Files to take at a time: most are small.
#[cfg(feature = "fs")]
pub(crate) const FILES: usize = 16;

/// One of the threads at work.
#[cfg_attr(not(feature = "fs"), expect(dead_code, reason = "only files take it"))]
pub(crate) struct Worker {
    /// Kept from item to item.
    pub(crate) buffer: Vec<u8>,
    /// Whether there is no other, so that the rest of the machine is free for the item at hand.
    pub(crate) alone: bool,
    /// The directory of the file before, and a handle of it once a second file was in it.
    #[cfg(feature = "fs")]
    pub(crate) directory: Option<(PathBuf, Option<OwnedFd>)>,
}

impl Worker {
    pub(crate) fn new(alone: bool) -> Self {
        Self {
            buffer: Vec::new(),
            alone,
            #[cfg(feature = "fs")]
            directory: None,
        }
    }
}

/// `work` on every item, results in the order of the items, or the error of the first item that has one.
#[cfg(not(feature = "parallel"))]
pub(crate) fn in_order<T: Sync, R: Send, E: Send>(
    items: &[T],
    _at_a_time: usize,
    work: impl Fn(&T, &mut Worker) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let mut worker = Worker::new(true);
    items.iter().map(|item| work(item, &mut worker)).collect()
}

/// `work` on every item, on all cores, results in the order of the items, or the error of the first item that has one;
/// then no later item is begun. A thread takes at most `at_a_time` of them: several where each is quick.
#[cfg(feature = "parallel")]
pub(crate) fn in_order<T: Sync, R: Send, E: Send>(
    items: &[T],
    at_a_time: usize,
    work: impl Fn(&T, &mut Worker) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Below this a thread costs more than it saves.
    const FEW: usize = 4;

    let of_use = items.len().div_ceil(FEW).max(1);
    // Asking the system how many it has means reading several files of its own.
    let threads = match of_use {
        1 => 1,
        of_use => std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(of_use),
    };
    // So that every thread has some.
    let at_a_time = at_a_time.min(items.len().div_ceil(threads)).max(1);
    let next = AtomicUsize::new(0);
    let failed = AtomicUsize::new(usize::MAX);
    let run = || {
        let mut worker = Worker::new(threads == 1);
        let mut done = Vec::new();
        loop {
            let start = next.fetch_add(at_a_time, Ordering::Relaxed);
            if start >= items.len() {
                return done;
            }
            for (index, item) in items.iter().enumerate().skip(start).take(at_a_time) {
                // An earlier item has failed: what comes later cannot matter.
                if index > failed.load(Ordering::Relaxed) {
                    return done;
                }
                let result = work(item, &mut worker);
                if result.is_err() {
                    failed.fetch_min(index, Ordering::Relaxed);
                }
                done.push((index, result));
            }
        }
    };
    let mut done = if threads == 1 {
        run()
    } else {
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads)
                // Where the system has no thread left, there are fewer.
                .map_while(|_| std::thread::Builder::new().spawn_scoped(scope, run).ok())
                .collect();
            let mut done = run();
            for other in others {
                match other.join() {
                    Ok(more) => done.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            done
        })
    };
    // Each thread's are in order already, which the stable sort sees.
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
