//! The cache, on real runs: what is served, what is not, and that nothing wrong ever is. Without isolation: what a
//! sandbox keeps out is proved where steps are.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod same;
mod shop;
#[path = "../support/mod.rs"]
mod support;
