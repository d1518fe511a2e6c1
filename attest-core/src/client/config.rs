//! What a client is set up with, checked.

use std::fmt;

use std::sync::Arc;

use std::time::Duration;

use super::{BaseUrl, Secret};

use crate::v1::TrustedKey;

/// What proves who the caller is.
///
/// ```
/// use attest_core::client::{Credential, Secret};
///
/// let credential = Credential::ApiKey(Secret::new("attest_key_1"));
/// assert_eq!(format!("{credential:?}"), "ApiKey(Secret(…))", "a log shows nothing of it");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// An API key, `attest_key_…`. Its form is not checked.
    ApiKey(Secret),
    /// A JWT.
    Token(Secret),
    /// Nothing: only `GET /v1/keys` and the like answer.
    Anonymous,
}

/// How long things may take.
///
/// ```
/// use std::time::Duration;
///
/// use attest_core::client::Timeouts;
///
/// let patient = Timeouts { attempt: Duration::from_secs(120), ..Timeouts::default() };
/// assert_eq!(patient.connect, Duration::from_secs(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until a connection stands. 5 s by default.
    pub connect: Duration,
    /// From sending a request to the end of its answer. 30 s by default.
    pub attempt: Duration,
    /// Between two pieces of a streamed answer. 90 s by default.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(30),
            idle: Duration::from_secs(90),
        }
    }
}

/// A checked configuration.
///
/// ```
/// use attest_core::client::ClientConfig;
///
/// let config = ClientConfig::builder()
///     .base_url("https://attest.example.com")
///     .api_key("attest_key_1")
///     .policies(["max-age-24h"])
///     .build()?;
/// assert_eq!(config.policies(), ["max-age-24h"]);
/// assert_eq!(config.trusted_keys(), None, "those that the server publishes");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ClientConfig {
    pub(super) base_url: BaseUrl,
    pub(super) bearer: Option<Arc<Secret>>,
    pub(super) timeouts: Timeouts,
    pub(super) headers: Vec<(String, String)>,
    pub(super) user_agent: String,
    #[cfg_attr(
        not(feature = "client"),
        allow(dead_code, reason = "read by the driver alone")
    )]
    pub(super) ca_bundle: Option<Vec<u8>>,
    #[cfg_attr(
        not(feature = "client"),
        allow(dead_code, reason = "read by the driver alone")
    )]
    pub(super) proxy: Option<Secret>,
    pub(super) trusted_keys: Option<Vec<TrustedKey>>,
    pub(super) policies: Vec<String>,
}

impl ClientConfig {
    /// Where the server is.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// How long things may take.
    #[must_use]
    pub fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// The keys that receipts are verified with; `None` for the ones the server publishes.
    #[must_use]
    pub fn trusted_keys(&self) -> Option<&[TrustedKey]> {
        self.trusted_keys.as_deref()
    }

    /// Policies that every receipt fetched through this client has to meet.
    #[must_use]
    pub fn policies(&self) -> &[String] {
        &self.policies
    }
}

impl fmt::Debug for ClientConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("ClientConfig")
            .field("base_url", &self.base_url.to_string())
            .field("bearer", &self.bearer)
            .field("timeouts", &self.timeouts)
            .field("headers", &names)
            .field("user_agent", &self.user_agent)
            .field("trusted_keys", &self.trusted_keys)
            .field("policies", &self.policies)
            .finish_non_exhaustive()
    }
}
