//! Receipts through their public surface: laws, verdicts, policies, trust.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod artifacts;
mod bad_input;
mod batch;
mod bodies;
mod codes;
mod documented;
mod every_byte;
mod export;
mod policies;
mod policy_table;
mod properties;
#[cfg(feature = "fs")]
mod trust;
mod verify;
