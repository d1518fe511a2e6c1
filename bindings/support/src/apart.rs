//! Work that takes long and never meets the network, on a thread where waiting is allowed.

use attest_sdk::{Error, ErrorKind};
use futures::FutureExt as _;
use tokio_util::sync::CancellationToken;

use crate::cancel::cancelled;
use crate::{Cancel, Pending, guard};

/// Asked now and then whether the answer is no longer wanted.
pub(crate) type Stopped<'a> = &'a (dyn Fn() -> bool + Sync);

/// `work` on another thread. It is told to stop when it is cancelled, and when nobody awaits it any more; whoever awaits it
/// hears of a cancellation at once.
pub(crate) fn later<T: Send + 'static>(
    cancel: Option<Cancel>,
    work: impl FnOnce(Stopped<'_>) -> Result<T, Error> + Send + 'static,
) -> Pending<T> {
    async move {
        let unwanted = CancellationToken::new();
        let _when_dropped = unwanted.clone().drop_guard();
        let working =
            tokio::task::spawn_blocking(move || guard::call(|| work(&|| unwanted.is_cancelled())));
        tokio::select! {
            biased;
            error = cancelled(cancel.as_ref()) => Err(error),
            ended = working => ended.unwrap_or_else(|error| {
                let why = format!("the work ended without a result: {error}");
                Err(Error::new(ErrorKind::Cancelled, why))
            }),
        }
    }
    .boxed()
}

/// As [`later`], on this thread.
pub(crate) fn now<T>(
    cancel: Option<&Cancel>,
    work: impl FnOnce(Stopped<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    work(&|| cancel.is_some_and(Cancel::is_cancelled))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures::FutureExt as _;

    use super::later;
    use crate::Cancel;

    /// Work that ends when it is told to, and says so.
    fn endless(cancel: Option<Cancel>) -> (crate::Pending<()>, mpsc::Receiver<()>) {
        let (ended, heard) = mpsc::channel();
        let work = later(cancel, move |stopped| {
            while !stopped() {
                std::thread::yield_now();
            }
            ended.send(()).unwrap();
            Ok(())
        });
        (work, heard)
    }

    #[test]
    fn work_that_nobody_awaits_any_more_stops() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let _entered = runtime.enter();
        let (mut work, heard) = endless(None);
        assert!((&mut work).now_or_never().is_none(), "it has begun");
        drop(work);
        heard.recv().unwrap();
    }

    #[test]
    fn work_that_is_cancelled_stops_and_its_caller_hears_of_it() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let cancel = Cancel::new();
        let (work, heard) = endless(Some(cancel.clone()));
        cancel.cancel();
        let error = runtime.block_on(work).unwrap_err();
        assert_eq!(error.kind(), attest_sdk::ErrorKind::Cancelled);
        // Whether it had begun by then or not, nothing goes on.
        drop(runtime);
        drop(heard);
    }

    #[test]
    fn a_panic_of_the_work_is_an_error() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let work = later::<()>(None, |_| panic!("as the test asked"));
        let error = runtime.block_on(work).unwrap_err();
        assert!(error.to_string().contains("as the test asked"), "{error}");
    }
}
