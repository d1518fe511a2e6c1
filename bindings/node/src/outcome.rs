//! How a result crosses: the value itself, or an object that holds the error.

use attest_bindings_support::{Error, ErrorKind, Pending, failure, guard};
use napi::bindgen_prelude::{Either, PromiseRaw, ToNapiValue};
use napi::{Env, Result};
use napi_derive::napi;

use crate::ending;

/// An error.
#[napi(object)]
pub struct Failed {
    /// The JSON of `attest_bindings_support::failure`.
    pub err: String,
}

/// The value, or why there is none.
pub(crate) type Outcome<T> = Either<T, Failed>;

/// An outcome that comes later.
pub(crate) type Promised<'env, T> = Result<PromiseRaw<'env, Outcome<T>>>;

/// Does `work` now. It must be short: JavaScript waits.
pub(crate) fn now<T>(work: impl FnOnce() -> std::result::Result<T, Error>) -> Outcome<T> {
    outcome(guard::call(work))
}

/// Lets the runtime do `work`; its promise is never rejected.
pub(crate) fn later<T: ToNapiValue + Send + 'static>(
    env: &Env,
    work: Pending<T>,
) -> Promised<'_, T> {
    let ending = ending::of(env)?;
    env.spawn_future(async move {
        let result = tokio::select! {
            biased;
            result = work => result,
            () = ending.cancelled() => Err(Error::new(ErrorKind::Cancelled, "this thread's JavaScript ended")),
        };
        Ok(outcome(result))
    })
}

pub(crate) fn outcome<T>(result: std::result::Result<T, Error>) -> Outcome<T> {
    match result {
        Ok(value) => Either::A(value),
        Err(error) => Either::B(Failed {
            err: failure::json(&error),
        }),
    }
}
