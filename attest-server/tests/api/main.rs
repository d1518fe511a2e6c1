//! The v1 API over a real socket, on a server that accepts and runs nothing.

mod access;
mod envelope;
#[path = "../support/mod.rs"]
mod support;

mod idempotency;
mod lists;
mod pipelines;
mod queue;
mod start;
