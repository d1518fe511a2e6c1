//! The client: one configuration, one pool of connections, and what leads from it.

use std::sync::Arc;

use attest_core::client::{ClientBuilder, ClientConfig, Driver, system};

use crate::keys::KeyRing;
use crate::{Cache, Error, Executions, Keys, Pipelines, RateLimit, Sources, trusting, v1};

/// A client of one Attest server. Cheap to clone; clones share their connections.
///
/// ```
/// use attest_sdk::{AttestClient, ErrorKind};
///
/// // Nothing is asked of the server yet. `from_env` takes both from the environment.
/// let client = AttestClient::new("attest_key_abc123", "https://attest.example.com")?;
/// let refused = AttestClient::new("attest_key_abc123", "http://attest.example.com").unwrap_err();
/// assert_eq!(refused.kind(), ErrorKind::Config, "the key would be shown to the network");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct AttestClient {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    driver: Driver,
    keys: KeyRing,
}

impl AttestClient {
    /// A client with an API key for the server at `base_url`, with every other option at its default.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for a key or a URL that cannot be used.
    pub fn new(api_key: impl Into<String>, base_url: impl Into<String>) -> Result<Self, Error> {
        Self::from_config(
            Self::builder()
                .api_key(api_key)
                .base_url(base_url)
                .build()?,
        )
    }

    /// A client set up by `ATTEST_BASE_URL`, and `ATTEST_API_KEY` or `ATTEST_TOKEN`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming what is missing or cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_config(
            Self::builder()
                .environment(|name| std::env::var(name).ok())
                .build()?,
        )
    }

    /// Collects options; see [`from_config`](Self::from_config).
    ///
    /// ```
    /// # fn main() -> Result<(), attest_sdk::Error> {
    /// use attest_sdk::AttestClient;
    ///
    /// let options = AttestClient::builder()
    ///     .base_url("https://attest.example.com")
    ///     .api_key("attest_key_abc123")
    ///     .policies(["max-age-24h"]);
    /// let client = AttestClient::from_config(options.build()?)?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientConfig::builder()
    }

    /// A client of a checked configuration.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for a CA bundle, proxy, trusted key or policy that cannot be used.
    pub fn from_config(config: ClientConfig) -> Result<Self, Error> {
        // A key or a policy that cannot be used is refused now, not with the first receipt.
        let given = config.trusted_keys().unwrap_or_default();
        trusting::verifier(
            &trusting::Trusted::Given(given),
            config.policies(),
            false,
            None,
        )?;
        let driver = Driver::new(config)?;
        Ok(Self {
            shared: Arc::new(Shared {
                driver,
                keys: KeyRing::default(),
            }),
        })
    }

    /// Pipelines: create, find, change, execute.
    #[must_use]
    pub fn pipelines(&self) -> Pipelines {
        Pipelines::new(self.clone())
    }

    /// Executions of any pipeline.
    #[must_use]
    pub fn executions(&self) -> Executions {
        Executions::new(self.clone())
    }

    /// Sources: directories of this machine for executions to start from.
    #[must_use]
    pub fn sources(&self) -> Sources {
        Sources::new(self.clone())
    }

    /// The cache: what is stored, and letting go of it.
    #[must_use]
    pub fn cache(&self) -> Cache {
        Cache::new(self.clone())
    }

    /// The keys the server signs with.
    #[must_use]
    pub fn keys(&self) -> Keys {
        Keys::new(self.clone())
    }

    /// What the server says about itself.
    ///
    /// # Errors
    /// As any call's.
    pub async fn system(&self) -> Result<v1::System, Error> {
        self.driver().call(system::get()).await
    }

    /// How often the server may be asked, as the last answer that spoke of it said; `None` before there was one.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.driver().rate_limit()
    }

    pub(crate) fn driver(&self) -> &Driver {
        &self.shared.driver
    }

    pub(crate) fn key_ring(&self) -> &KeyRing {
        &self.shared.keys
    }
}
