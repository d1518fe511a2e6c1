//! The rules of the v1 client. They do no I/O.
//!
//! A call is a small state machine ([`Machine`]): it is told what happened (an answer, a failure, that time has passed)
//! and says what to do next: send a request, sleep, or be done. Waiting for an execution ([`Wait`]) and following it
//! ([`Follow`]) are machines as well, and what an upload sends is one more ([`upload`]), so every rule is tested with values alone. The one driver, on reqwest and tokio, is
//! behind the feature `client`.
//!
//! Not here: verification of receipts, and any retry. A failed call fails.

mod base_url;
mod builder;
mod call;
mod changes;
mod config;
mod content;
mod endpoint;
mod follow;
mod http;
mod http_date;
mod machine;
mod pace;
mod path;
mod rate_limit;
mod secret;
pub mod upload;
mod wait;

#[cfg(feature = "client")]
mod driver;
#[cfg(feature = "client")]
mod tls;

pub use base_url::BaseUrl;
pub use builder::ClientBuilder;
pub use call::Call;
pub use changes::{Changes, ExecutionEvent};
pub use config::{ClientConfig, Credential, Timeouts};
pub use content::Content;
#[cfg(feature = "client")]
pub use driver::{Download, Driver};
#[cfg(all(feature = "client", feature = "fs"))]
pub use driver::{Downloaded, Fetched};
#[cfg(feature = "upload")]
pub use driver::{Listener, list as list_source};
pub use endpoint::{
    Endpoint, Page, artifacts, cache, executions, keys, objects, pipelines, receipts, sources,
    system,
};
pub use follow::{Follow, LogFilter, News};
pub use http::{Body, Failure, Method, Request, Response};
pub use machine::{Action, Event, Machine};
pub use rate_limit::RateLimit;
pub(crate) use rate_limit::retry_after;
pub use secret::Secret;
pub use wait::Wait;
