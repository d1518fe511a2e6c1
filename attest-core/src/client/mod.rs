//! The rules of the v1 client. They do no I/O.
//!
//! A call is a small state machine ([`Machine`]): it is told what happened (an answer, a failure, that time has passed)
//! and says what to do next: send a request, sleep, or be done. Waiting for an execution ([`Wait`]) and following it
//! ([`Follow`]) are machines as well, so every rule is tested with values alone. The one driver, on reqwest and tokio, is
//! behind the feature `client`.
//!
//! Not here: verification of receipts, and any retry. A failed call fails.

mod base_url;
mod call;
mod config;
mod endpoint;
mod follow;
mod http;
mod machine;
mod path;
mod secret;
mod wait;

#[cfg(feature = "client")]
mod driver;
#[cfg(feature = "client")]
mod tls;

pub use base_url::BaseUrl;
pub use call::Call;
pub use config::{ClientBuilder, ClientConfig, Credential, Timeouts};
#[cfg(feature = "client")]
pub use driver::{Download, Driver};
pub use endpoint::{Endpoint, Page, artifacts, executions, keys, pipelines, receipts, system};
pub use follow::{Follow, LogFilter, News};
pub use http::{Failure, Method, Request, Response};
pub use machine::{Action, Event, Machine};
pub use secret::Secret;
pub use wait::Wait;
