//! The harness of the end-to-end tests: the real `attest` binary, a real server process, plain HTTP beside the SDK.
//!
//! Nothing here knows how the product works inside. A test says what it starts, what it asks and what it expects;
//! waiting is always for a condition, with a deadline after which the server's own output is shown.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a harness fails its test by panicking, with the reason in the message"
)]

pub mod api;
pub mod binary;
pub mod command;
pub mod interop;
pub mod parity;
pub mod process;
pub mod project;
pub mod proxy;
pub mod require;
pub mod server;
pub mod spec;
pub mod wait;

pub use api::Api;
pub use command::{Finished, attest};
pub use project::Project;
pub use proxy::Proxy;
pub use server::Server;
