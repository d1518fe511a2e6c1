//! What the bindings would otherwise write three times. Not a public crate: each language has an API of its own above it.
//!
//! - [`Client`]: one client of a server. Its calls take and give JSON, the models of `attest_sdk::v1`, and can be cancelled.
//! - [`LogStream`], [`EventStream`]: what comes piece by piece.
//! - [`Receipt`], [`Verifier`], [`SigningKey`]: what never meets the network, and never starts the runtime.
//! - [`execution`], [`manifest`], [`webhook`]: functions.
//! - [`runtime`]: where the network's work runs, one runtime per process; [`Cancel`]: how it is called off.
//! - [`failure`]: an error, and the table of its kinds, as JSON.
//! - [`guard`]: a panic becomes an error.
//!
//! Models cross as JSON so that there is no struct to keep in step by hand. A binding converts types and nothing else: it
//! retries nothing and has no default of its own.

mod apart;
mod artifact;
mod batch;
mod cancel;
mod client;
mod dsse;
mod evidence;
pub mod execution;
pub mod failure;
pub mod guard;
mod json;
pub mod manifest;
mod receipt;
mod recompute;
pub mod runtime;
mod stream;
mod text;
mod verifier;
pub mod webhook;

#[cfg(feature = "test-hooks")]
pub mod hooks;
#[cfg(not(feature = "test-hooks"))]
mod hooks;

pub use artifact::ArtifactReport;
pub use attest_sdk::{Error, ErrorKind};
pub use batch::Verdict;
pub use cancel::Cancel;
pub use client::{Client, Pending};
pub use receipt::{Receipt, SigningKey};
pub use recompute::{recompute, recompute_later};
pub use stream::{EventStream, LogStream};
pub use text::utf8;
pub use verifier::Verifier;
