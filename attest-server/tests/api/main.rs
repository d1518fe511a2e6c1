//! The v1 API over a real socket, on a server that accepts and runs nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod access;
mod bulk;
mod envelope;
#[path = "../support/mod.rs"]
mod support;

mod idempotency;
mod lists;
mod pipelines;
mod queue;
mod start;
mod verifying;
mod waiting;
