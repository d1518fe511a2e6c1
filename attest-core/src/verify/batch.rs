//! Many receipts at a time: each gets the verdict that it would get alone.
//!
//! Each signature is verified for itself, strictly. The batch equation of Ed25519, which is faster, accepts signatures
//! that strict verification refuses, and so a batch would disagree with its own parts.

use std::convert::Infallible;

use super::{Report, Verifier};
use crate::yaml;

impl Verifier {
    /// Judges the bytes of many receipts: on all cores where the feature `parallel` is on, else one after the other.
    /// The results are in the order of the receipts.
    ///
    /// Bytes that are unreadable are an error in their place, as in [`Verifier::verify_bytes`], and keep no other
    /// receipt from its verdict.
    ///
    /// ```
    /// use attest_core::verify::Verifier;
    ///
    /// # let receipts: [&[u8]; 2] = [include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json")), b"}"];
    /// # let verifier = Verifier::builder().build();
    /// for (receipt, verdict) in receipts.iter().zip(verifier.verify_batch(&receipts)) {
    ///     match verdict {
    ///         Ok(report) => println!("{} bytes: valid {}", receipt.len(), report.valid),
    ///         Err(error) => println!("{} bytes: unreadable: {error}", receipt.len()),
    ///     }
    /// }
    /// ```
    pub fn verify_batch<T: AsRef<[u8]> + Sync>(
        &self,
        receipts: &[T],
    ) -> Vec<Result<Report, yaml::Error>> {
        let all = self.verify_batch_with(receipts, Ok::<_, Infallible>);
        match all {
            Ok(all) => all,
            Err(never) => match never {},
        }
    }

    /// As [`Verifier::verify_batch`], with each verdict handed to `each` on the thread that found it. An error of `each`
    /// ends the batch: no further receipt is begun, and those that are under way are still judged.
    ///
    /// # Errors
    /// An error that `each` gave.
    pub fn verify_batch_with<T, R, E>(
        &self,
        receipts: &[T],
        each: impl Fn(Result<Report, yaml::Error>) -> Result<R, E> + Sync,
    ) -> Result<Vec<R>, E>
    where
        T: AsRef<[u8]> + Sync,
        R: Send,
        E: Send,
    {
        in_order(receipts, |receipt| {
            each(self.verify_bytes(receipt.as_ref()))
        })
    }
}

#[cfg(not(feature = "parallel"))]
fn in_order<T, R, E>(items: &[T], work: impl Fn(&T) -> Result<R, E>) -> Result<Vec<R>, E> {
    items.iter().map(work).collect()
}

/// `work` on every item, on all cores. One item is taken at a time: a receipt may have 2 KiB or 16 MiB, and whoever took
/// several would leave the others waiting.
#[cfg(feature = "parallel")]
fn in_order<T: Sync, R: Send, E: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    /// Below this a thread costs more than it saves.
    const FEW: usize = 4;

    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(items.len().div_ceil(FEW));
    if threads < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let run = || {
        let mut done = Vec::with_capacity(items.len() / threads);
        while !failed.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { break };
            match work(item) {
                Ok(result) => done.push((index, result)),
                Err(error) => {
                    failed.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
        Ok(done)
    };
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            // Where the system has no thread left, there are fewer.
            .map_while(|_| std::thread::Builder::new().spawn_scoped(scope, run).ok())
            .collect();
        let mut all = run();
        for other in others {
            let more = match other.join() {
                Ok(more) => more,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            all = match (all, more) {
                (Ok(mut all), Ok(more)) => {
                    all.extend(more);
                    Ok(all)
                }
                (Err(error), _) | (Ok(_), Err(error)) => Err(error),
            };
        }
        all
    })?;
    done.sort_unstable_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}
