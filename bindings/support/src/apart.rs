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
