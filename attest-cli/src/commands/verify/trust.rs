//! Whom `attest verify` trusts. Never the key inside the receipt: a key in a document proves nothing about the document.

use std::path::{Path, PathBuf};

use attest_sdk::verify::{Builder, TrustState};
use attest_sdk::{PublicKey, TrustStore};
use clap::Args;

use crate::failure::Failure;

/// The trust store of a project.
pub(crate) const DEFAULT: &str = ".attest/trust";

#[derive(Debug, Args)]
pub(crate) struct Trust {
    /// A trust store; may be repeated [default: .attest/trust]
    #[arg(long, value_name = "DIR", conflicts_with = "trusted_keys")]
    trust: Vec<PathBuf>,
    /// A public key to trust: ed25519:<hex>, bare hex, or PEM; may be repeated
    // A PEM file's text begins with a hyphen.
    #[arg(long = "trusted-key", value_name = "KEY", allow_hyphen_values = true)]
    trusted_keys: Vec<String>,
}

impl Trust {
    /// Whether anything was said.
    pub(crate) fn is_given(&self) -> bool {
        !(self.trust.is_empty() && self.trusted_keys.is_empty())
    }

    /// The builder with the keys in it, and where they come from in words.
    pub(crate) fn apply(&self, builder: Builder) -> Result<(Builder, String), Failure> {
        if !self.trusted_keys.is_empty() {
            let builder = builder
                .trusted_keys(&self.trusted_keys)
                .map_err(|error| self.unusable(&error.to_string()))?;
            let ids: Vec<_> = self
                .trusted_keys
                .iter()
                .filter_map(|text| PublicKey::parse(text).ok())
                .map(|key| key.id().to_string())
                .collect();
            return Ok((builder, format!("the given keys: {}", ids.join(", "))));
        }
        let folders = if self.trust.is_empty() {
            vec![default()?]
        } else {
            self.trust.clone()
        };
        let mut builder = builder;
        let mut names = Vec::new();
        for folder in &folders {
            let store = read(folder)?;
            names.push(format!("{} ({})", folder.display(), count(store.len())));
            builder = add(builder, store)?;
        }
        Ok((
            builder.trust_material(TrustState::Store, None),
            format!("the trust store {}", names.join(", ")),
        ))
    }

    /// A key that cannot be used. Whoever gave a file's name meant what is in it.
    fn unusable(&self, message: &str) -> Failure {
        let failure = Failure::new(message);
        match self
            .trusted_keys
            .iter()
            .find(|key| Path::new(key).is_file())
        {
            Some(file) => failure.hint(format!(
                "--trusted-key takes the key itself: --trusted-key \"$(cat {file})\""
            )),
            None => failure,
        }
    }
}

fn count(keys: usize) -> String {
    if keys == 1 {
        "1 key".to_owned()
    } else {
        format!("{keys} keys")
    }
}

/// Reads a trust store. One that is not there is told apart from one that is broken: the next thing to do differs.
pub(crate) fn read(folder: &Path) -> Result<TrustStore, Failure> {
    if !folder.join("trust.toml").exists() {
        return Err(Failure::new(format!(
            "there is no trust store in {}: it has no trust.toml",
            folder.display()
        ))
        .hint(format!(
            "pin a server's key there: attest keys pull --url URL --trust {}",
            folder.display()
        )));
    }
    TrustStore::read_folder(folder)
        .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))
}

/// Adds every key of a store: two stores that say different things about one key are refused.
fn add(builder: Builder, store: TrustStore) -> Result<Builder, Failure> {
    let mut builder = builder.given_keys_alone();
    for key in store.iter() {
        builder = builder
            .trusted_key(key.clone())
            .map_err(|error| Failure::new(error.to_string()))?;
    }
    Ok(builder)
}

fn default() -> Result<PathBuf, Failure> {
    let folder = Path::new(DEFAULT);
    if folder.is_dir() {
        return Ok(folder.to_owned());
    }
    Err(Failure::new(format!("nobody to trust: there is no trust store in {DEFAULT}")).hint(
        "give --trust DIR or --trusted-key KEY, or pin a server's key once: attest keys pull --url URL",
    ))
}
