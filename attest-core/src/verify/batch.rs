//! Many receipts at a time: each gets the verdict that it would get alone.
//!
//! Each signature is verified for itself, strictly. The batch equation of Ed25519, which is faster, accepts signatures
//! that strict verification refuses, and so a batch would disagree with its own parts.

use std::convert::Infallible;

use super::{Report, Verifier};
use crate::{parallel, yaml};

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
        // A receipt may have 2 KiB or 16 MiB: whoever took several would leave the others waiting.
        parallel::in_order(receipts, 1, |receipt, _| {
            each(self.verify_bytes(receipt.as_ref()))
        })
    }
}
