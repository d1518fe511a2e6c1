//! The specification's programs in every language, as they are printed there, against a real server beside small
//! projects that really produce what the programs declare. What is changed in them is in `spec-projects/substitutions.json`.
//!
//! Each also runs where it must not succeed: its project's test fails, and the line of success is not printed. The README's
//! own programs run in the same way.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod go;
mod limiter;
mod python;
mod quickstarts;
mod rate_limits;
mod rust;
mod site;
mod typescript;
mod webhook;
