//! What every binding relies on: JSON in and out, errors as JSON, cancelling, closing, panics, the runtime.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod calls;
mod cancelling;
mod errors;
mod evidence;
mod execution;
mod offline;
mod options;
mod runtime;
mod support;
