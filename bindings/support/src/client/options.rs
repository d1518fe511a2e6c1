//! The options of a client, in JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use attest_sdk::{AttestClient, ClientConfig, Error, ErrorKind, Timeouts, v1};
use serde::Deserialize;

use crate::json;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Options {
    base_url: Option<String>,
    api_key: Option<String>,
    token: Option<String>,
    /// No credential at all, not even from the environment.
    anonymous: bool,
    allow_insecure_http: bool,
    /// Milliseconds, as the two below.
    connect_timeout_ms: Option<f64>,
    attempt_timeout_ms: Option<f64>,
    idle_timeout_ms: Option<f64>,
    headers: BTreeMap<String, String>,
    user_agent_suffix: Option<String>,
    /// PEM.
    ca_bundle: Option<String>,
    proxy: Option<String>,
    #[serde(deserialize_with = "json::given")]
    trusted_keys: Option<Vec<v1::TrustedKey>>,
    policies: Vec<String>,
    /// The variables that a client is set up by, as the language knows them; the process's own where absent. A language
    /// whose threads change the environment passes them, for reading it here would race.
    environment: Option<BTreeMap<String, String>>,
}

pub(super) fn read(bytes: &[u8], binding: &str) -> Result<ClientConfig, Error> {
    let options: Options = json::object(ErrorKind::Config, "the client's options", bytes)?;
    let environment = options.environment;
    let mut builder = AttestClient::builder();
    if let Some(url) = options.base_url {
        builder = builder.base_url(url);
    }
    if let Some(key) = options.api_key {
        builder = builder.api_key(key);
    }
    if let Some(token) = options.token {
        builder = builder.token(token);
    }
    if options.anonymous {
        builder = builder.anonymous();
    }
    for (name, value) in options.headers {
        builder = builder.header(name, value);
    }
    if let Some(pem) = options.ca_bundle {
        builder = builder.ca_bundle(pem);
    }
    if let Some(proxy) = options.proxy {
        builder = builder.proxy(proxy);
    }
    if let Some(keys) = options.trusted_keys {
        builder = builder.trusted_keys(keys);
    }
    let mut timeouts = Timeouts::default();
    for (name, given, timeout) in [
        (
            "connect_timeout",
            options.connect_timeout_ms,
            &mut timeouts.connect,
        ),
        (
            "attempt_timeout",
            options.attempt_timeout_ms,
            &mut timeouts.attempt,
        ),
        ("idle_timeout", options.idle_timeout_ms, &mut timeouts.idle),
    ] {
        if let Some(given) = given {
            *timeout = Duration::try_from_secs_f64(given / 1000.0).map_err(|_| {
                let why = format!("the {name} {given} ms is out of range: give 1 ms to 24 h");
                Error::new(ErrorKind::Config, why)
            })?;
        }
    }
    let agent = match options.user_agent_suffix {
        Some(suffix) => format!("{binding} {suffix}"),
        None => binding.to_owned(),
    };
    builder
        .allow_insecure_http(options.allow_insecure_http)
        .timeouts(timeouts)
        .policies(options.policies)
        .user_agent_suffix(agent)
        .environment(|name| match &environment {
            Some(given) => given.get(name).cloned(),
            None => std::env::var(name).ok(),
        })
        .build()
}
