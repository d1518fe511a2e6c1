//! What the tests look at. No release has it.

use attest_bindings_support::hooks;
use futures::FutureExt as _;
use napi::Env;
use napi_derive::napi;

use crate::outcome::{Outcome, Promised, later, now};

/// How many handles live.
#[napi]
pub fn live_handles() -> i64 {
    i64::try_from(hooks::live_handles()).unwrap_or(i64::MAX)
}

/// Panics beneath a call that JavaScript waits for.
#[napi]
pub fn panic_now() -> Outcome<bool> {
    now(|| {
        hooks::panic_on_request();
        Ok(true)
    })
}

/// Panics beneath a call that goes on in the runtime.
#[napi]
pub fn panic_later(env: &Env) -> Promised<'_, bool> {
    let work = attest_bindings_support::guard::future(async {
        hooks::panic_on_request();
        Ok(true)
    });
    later(env, work.boxed())
}
