//! Objects and sources over a real socket: what is taken, what is refused by name, what is served, and what goes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod apart;
mod archives;
#[path = "../support/clock.rs"]
mod clock;
mod connections;
mod hostile;
mod room;
mod sources;
#[path = "../support/mod.rs"]
mod support;
mod uploads;
