//! The client's rules, driven by hand: no socket, no clock.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod by_hand;
mod calls;
mod changes;
mod held;
mod rate_limit;
