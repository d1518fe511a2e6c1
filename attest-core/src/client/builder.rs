//! Setting up a client: options given explicitly, then the environment. Every wrong option is refused here, by name.

use std::sync::Arc;
use std::time::Duration;

use super::config::{ClientConfig, Credential, Timeouts};
use super::{BaseUrl, Secret};
use crate::error::{Error, ErrorKind};
use crate::v1::TrustedKey;

/// Collects options for a [`ClientConfig`].
///
/// ```
/// use attest_core::client::ClientConfig;
///
/// let environment = |name: &str| match name {
///     "ATTEST_BASE_URL" => Some("https://attest.example.com".to_owned()),
///     "ATTEST_API_KEY" => Some("attest_key_1".to_owned()),
///     _ => None,
/// };
/// // What is given explicitly wins. In a program: `.environment(|name| std::env::var(name).ok())`.
/// let builder = ClientConfig::builder().base_url("http://localhost:8080").environment(environment);
/// assert_eq!(builder.build()?.base_url().to_string(), "http://localhost:8080");
/// let error = ClientConfig::builder().build().unwrap_err();
/// assert_eq!(error.message(), "no base URL: set ATTEST_BASE_URL, or give the server's URL");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ClientBuilder {
    base_url: Option<String>,
    credentials: Vec<Credential>,
    allow_insecure_http: bool,
    timeouts: Timeouts,
    headers: Vec<(String, Secret)>,
    user_agent_suffix: Option<String>,
    ca_bundle: Option<Vec<u8>>,
    proxy: Option<Secret>,
    trusted_keys: Option<Vec<TrustedKey>>,
    policies: Vec<String>,
}

impl ClientConfig {
    /// A builder with nothing set.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }
}

impl ClientBuilder {
    /// Where the server is.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The API key.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.credentials.push(Credential::ApiKey(Secret::new(key)));
        self
    }

    /// A JWT instead of an API key.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.credentials.push(Credential::Token(Secret::new(token)));
        self
    }

    /// No credential at all, not even from the environment.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.credentials.push(Credential::Anonymous);
        self
    }

    /// Allows plain http to another machine.
    #[must_use]
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }

    /// How long things may take; each between 1 ms and a day.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// A further header with every request to the server. `authorization` and the like are refused.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), Secret::new(value)));
        self
    }

    /// Text after this library's own in `User-Agent`.
    #[must_use]
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Certificates (PEM) to trust beside the system's and the bundled ones.
    #[must_use]
    pub fn ca_bundle(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_bundle = Some(pem.into());
        self
    }

    /// A proxy for everything but a server on this machine.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(Secret::new(url));
        self
    }

    /// The keys to verify receipts with, instead of those the server publishes. An empty list trusts nothing.
    #[must_use]
    pub fn trusted_keys(mut self, keys: impl IntoIterator<Item = TrustedKey>) -> Self {
        self.trusted_keys = Some(keys.into_iter().collect());
        self
    }

    /// Policies that every receipt has to meet, beside `require-success`.
    #[must_use]
    pub fn policies(mut self, policies: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.policies = policies.into_iter().map(Into::into).collect();
        self
    }

    /// Fills what was not set from `ATTEST_BASE_URL`, and `ATTEST_API_KEY` or `ATTEST_TOKEN`. `read` looks a name up;
    /// an empty value counts as none.
    #[must_use]
    pub fn environment(mut self, read: impl Fn(&str) -> Option<String>) -> Self {
        let read = |name: &str| read(name).filter(|value| !value.trim().is_empty());
        if self.base_url.is_none() {
            self.base_url = read("ATTEST_BASE_URL");
        }
        if self.credentials.is_empty() {
            let key = read("ATTEST_API_KEY").map(|key| Credential::ApiKey(Secret::new(key)));
            let token = read("ATTEST_TOKEN").map(|token| Credential::Token(Secret::new(token)));
            self.credentials.extend(key.into_iter().chain(token));
        }
        self
    }

    /// Checks everything.
    ///
    /// # Errors
    /// [`ErrorKind::Config`], naming the option that is missing or out of range.
    pub fn build(self) -> Result<ClientConfig, Error> {
        let Some(base_url) = self.base_url else {
            return Err(config(
                "no base URL: set ATTEST_BASE_URL, or give the server's URL",
            ));
        };
        let mut credentials = self.credentials.into_iter();
        let bearer = match (credentials.next(), credentials.next()) {
            (None, _) => {
                return Err(config(
                    "no credential: set ATTEST_API_KEY or ATTEST_TOKEN, or give an API key or a token",
                ));
            }
            (Some(_), Some(_)) => {
                return Err(config(
                    "more than one credential: give exactly one of an API key and a token",
                ));
            }
            (Some(Credential::Anonymous), None) => None,
            (Some(Credential::ApiKey(secret)), None) => Some(checked("the API key", secret)?),
            (Some(Credential::Token(secret)), None) => Some(checked("the token", secret)?),
        };
        for (name, value) in [
            ("connect", self.timeouts.connect),
            ("attempt", self.timeouts.attempt),
            ("idle", self.timeouts.idle),
        ] {
            if !(Duration::from_millis(1)..=Duration::from_secs(86_400)).contains(&value) {
                return Err(config(format!(
                    "the {name} timeout {value:?} is out of range: give 1 ms to 24 h"
                )));
            }
        }
        let mut headers = Vec::with_capacity(self.headers.len());
        for (name, value) in self.headers {
            headers.push(checked_header(&name, &value)?);
        }
        let mut user_agent = concat!("attest-rust/", env!("CARGO_PKG_VERSION")).to_owned();
        if let Some(suffix) = self.user_agent_suffix {
            if suffix.is_empty()
                || suffix.len() > 200
                || !suffix.bytes().all(|byte| (0x20..0x7f).contains(&byte))
            {
                return Err(config(
                    "the user agent suffix has to be 1 to 200 printable ASCII characters",
                ));
            }
            user_agent.push(' ');
            user_agent.push_str(&suffix);
        }
        Ok(ClientConfig {
            base_url: BaseUrl::parse(&base_url, self.allow_insecure_http)?,
            bearer,
            timeouts: self.timeouts,
            headers,
            user_agent,
            ca_bundle: self.ca_bundle,
            proxy: self.proxy,
            trusted_keys: self.trusted_keys,
            policies: self.policies,
        })
    }
}

fn config(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, message)
}

/// A credential has to fit in a header; what exactly it looks like is the server's business.
fn checked(what: &str, secret: Secret) -> Result<Arc<Secret>, Error> {
    let text = secret.reveal().trim();
    if text.is_empty() {
        return Err(config(format!("{what} is empty")));
    }
    if !text.bytes().all(|byte| (0x21..0x7f).contains(&byte)) {
        return Err(config(format!(
            "{what} holds a blank or a character that no header can carry"
        )));
    }
    Ok(Arc::new(Secret::new(text)))
}

fn checked_header(name: &str, value: &Secret) -> Result<(String, String), Error> {
    let lower = name.to_ascii_lowercase();
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&byte);
    if lower.is_empty() || !lower.bytes().all(token) {
        return Err(config(format!("`{name}` is no name of a header")));
    }
    let ours = [
        "authorization",
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "content-type",
        "accept",
    ];
    if ours.contains(&lower.as_str()) {
        return Err(config(format!(
            "the header `{name}` is set by the client itself"
        )));
    }
    let text = value.reveal();
    if !text
        .bytes()
        .all(|byte| byte == b'\t' || (0x20..0x7f).contains(&byte))
    {
        return Err(config(format!(
            "the value of the header `{name}` has to be printable ASCII"
        )));
    }
    Ok((lower, text.to_owned()))
}
