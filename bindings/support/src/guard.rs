//! The guard at the border: a panic beneath it becomes an error, and never unwinds into another language.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use attest_sdk::{Error, ErrorKind};
use futures::FutureExt as _;

/// Runs `work`; a panic in it becomes [`ErrorKind::Internal`].
///
/// # Errors
/// What `work` results in.
pub fn call<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| Err(fault(payload.as_ref())))
}

/// As [`call`], for work that waits.
///
/// # Errors
/// What `work` results in.
pub async fn future<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let result = AssertUnwindSafe(work).catch_unwind().await;
    result.unwrap_or_else(|payload| Err(fault(payload.as_ref())))
}

fn fault(payload: &(dyn Any + Send)) -> Error {
    let said = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    Error::new(
        ErrorKind::Internal,
        format!("a fault of this library, please report it: {said}"),
    )
}
