//! Where the server is and with which key to speak to it: flags, then the environment, then the user's configuration,
//! then a server of the caller's own in this directory.
//!
//! A key never travels to a server of another origin than its own: the key of a file goes to the URL of that file alone.

mod local;
mod user;

use std::path::PathBuf;

use attest_sdk::{AttestClient, ClientBuilder};

use crate::failure::Failure;

/// Flags that say where the server is.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Connection {
    /// The server's URL [env: ATTEST_BASE_URL]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// A file that holds the API key [env: ATTEST_API_KEY holds the key itself]
    #[arg(long, value_name = "FILE")]
    api_key_file: Option<PathBuf>,
}

/// A URL and a key that belong together.
pub(crate) struct Place {
    url: String,
    key: String,
}

/// The client of whoever is found first.
pub(crate) fn client(arguments: &Connection) -> Result<AttestClient, Failure> {
    let read = |name: &str| {
        std::env::var(name)
            .ok()
            .filter(|value| !value.trim().is_empty())
    };
    let mut builder = AttestClient::builder();
    let mut key_known = false;
    if let Some(file) = &arguments.api_key_file {
        builder = builder.api_key(key_of(file)?);
        key_known = true;
    }
    key_known = key_known || read("ATTEST_API_KEY").is_some() || read("ATTEST_TOKEN").is_some();
    if let Some(url) = arguments.url.clone().or_else(|| read("ATTEST_BASE_URL")) {
        if !key_known {
            return Err(Failure::new(format!("no API key for the server at {url}"))
                .hint("set ATTEST_API_KEY, or give --api-key-file FILE"));
        }
        return finish(builder.base_url(url));
    }
    match find()? {
        Some(place) => {
            builder = builder.base_url(place.url);
            if !key_known {
                builder = builder.api_key(place.key);
            }
            finish(builder)
        }
        None => Err(Failure::new("no server to talk to").hint(
            "set ATTEST_BASE_URL and ATTEST_API_KEY, or start a server here: attest serve --source .",
        )),
    }
}

/// A client without a key, for what everybody may ask.
pub(crate) fn anonymous(url: &str) -> Result<AttestClient, Failure> {
    let config = AttestClient::builder().anonymous().base_url(url).build()?;
    Ok(AttestClient::from_config(config)?)
}

fn finish(builder: ClientBuilder) -> Result<AttestClient, Failure> {
    let config = builder
        .environment(|name| std::env::var(name).ok())
        .user_agent_suffix("attest-cli")
        .build()?;
    Ok(AttestClient::from_config(config)?)
}

fn find() -> Result<Option<Place>, Failure> {
    if let Some(place) = user::place()? {
        return Ok(Some(place));
    }
    local::place(std::path::Path::new("attest-data"))
}

fn key_of(file: &std::path::Path) -> Result<String, Failure> {
    std::fs::read_to_string(file)
        .map(|text| text.trim().to_owned())
        .map_err(|error| {
            Failure::new(format!(
                "cannot read the API key in {}: {error}",
                file.display()
            ))
        })
}
