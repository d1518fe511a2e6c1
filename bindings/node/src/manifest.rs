//! Hashing, on threads where waiting for files is allowed.

use std::path::PathBuf;

use attest_bindings_support::{Error, ErrorKind, Pending, guard, manifest};
use futures::FutureExt as _;
use napi::Env;
use napi_derive::napi;
use tokio::task;

use crate::outcome::{Outcome, Promised, later, now};

/// The input manifest of a step: `{digest, text}`.
#[napi]
pub fn hash_inputs(
    env: &Env,
    workspace: String,
    run: String,
    declared: String,
) -> Promised<'_, String> {
    let work = move || manifest::hash_inputs(&PathBuf::from(workspace), &run, declared.as_bytes());
    later(env, elsewhere(work))
}

/// The output manifest of a step: `{digest, text}`.
#[napi]
pub fn hash_outputs(env: &Env, workspace: String, declared: String) -> Promised<'_, String> {
    let work = move || manifest::hash_outputs(&PathBuf::from(workspace), declared.as_bytes());
    later(env, elsewhere(work))
}

/// `blake3:…` of bytes.
#[napi]
pub fn digest(bytes: &[u8]) -> Outcome<String> {
    now(|| Ok(manifest::digest(bytes)))
}

/// Work that waits for files, away from the event loop.
pub(crate) fn elsewhere<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Pending<T> {
    async move {
        let ended = task::spawn_blocking(move || guard::call(work)).await;
        ended.unwrap_or_else(|error| {
            let why = format!("the work ended without a result: {error}");
            Err(Error::new(ErrorKind::Cancelled, why))
        })
    }
    .boxed()
}
