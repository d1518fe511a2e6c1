//! The cache, on real runs: what is served, what is not, and that nothing wrong ever is. Without isolation, unless a test
//! is about it: what a sandbox keeps out is proved where steps are.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../objects/archives.rs"]
#[allow(dead_code)] // each test program uses its own part
mod archives;
mod between;
#[path = "../support/clock.rs"]
mod clock;
mod damage;
mod interrupted;
mod isolation;
mod misses;
mod odd;
mod outlets;
mod poisoning;
mod projects;
mod properties;
mod same;
mod shop;
#[path = "../support/mod.rs"]
mod support;
mod together;
