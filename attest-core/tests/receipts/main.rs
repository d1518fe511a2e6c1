//! Receipts through their public surface: laws, verdicts, policies, trust.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bodies;
mod export;
mod policies;
mod properties;
#[cfg(feature = "fs")]
mod trust;
mod verify;
