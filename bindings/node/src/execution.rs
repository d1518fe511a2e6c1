//! What can be said of an execution by its JSON alone.

use attest_bindings_support::execution;
use napi_derive::napi;

use crate::outcome::{Outcome, now};

/// True where the execution of that JSON completed, else why it did not.
#[napi]
pub fn raise_for_status(execution: String) -> Outcome<bool> {
    now(|| execution::raise_for_status(execution.as_bytes()).map(|()| true))
}
