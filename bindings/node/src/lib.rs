//! The native module of the npm package `@attest/sdk`: private, beneath a layer of TypeScript that holds the public API.
//!
//! It converts types and nothing else. Models and options are JSON text; a handle is a class. Whatever can fail returns an
//! `outcome::Outcome`, a value or `{err}`, and never throws: TypeScript makes the typed error, so that its code
//! survives and its stack starts at the caller's line.
//!
//! No method is an `async fn`: one that borrowed `self` would hold it while JavaScript goes on. Each takes what it needs and
//! hands an owned future to the runtime of napi, which every worker thread of the process shares.

#![warn(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr
)]

pub mod cancel;
pub mod client;
mod ending;
pub mod execution;
#[cfg(feature = "test-hooks")]
pub mod hooks;
pub mod key;
pub mod manifest;
pub mod outcome;
pub mod receipt;
pub mod stream;
pub mod verifier;
pub mod webhook;
