//! The SDK against a server of prepared answers.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod bulk;
mod events;
mod executions;
mod outputs;
mod receipts;
mod support;
