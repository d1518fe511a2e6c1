//! Steps as real processes, with bubblewrap (where it works) and without.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skips"
)]

mod collecting;
mod ending;
mod fixture;
mod isolation;
mod logging;
mod views;
