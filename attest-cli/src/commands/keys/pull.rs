//! `attest keys pull`: pins a server's key. Whoever pulls compares the id with one that came another way, or says it.

use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};

use attest_sdk::key::{KeyId, PublicKey};
use attest_sdk::trust::{Standing, TrustedKey};
use attest_sdk::v1::KeyStatus;
use attest_sdk::{PublishedKey, TrustStore};
use clap::Args;
use serde_json::json;

use crate::commands::verify::{DEFAULT_TRUST, read_trust};
use crate::connection;
use crate::failure::Failure;
use crate::output::{Console, escape};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The server's URL
    #[arg(long, value_name = "URL", env = "ATTEST_BASE_URL")]
    url: String,
    /// The id of the key to pin, from whoever runs the server; without it, the id is shown and asked about
    #[arg(long, value_name = "KEYID")]
    id: Option<String>,
    /// The trust store
    #[arg(long, value_name = "DIR", default_value = DEFAULT_TRUST)]
    trust: PathBuf,
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &Arguments, console: &Console) -> Result<u8, Failure> {
    let wanted = arguments
        .id
        .as_deref()
        .map(KeyId::parse)
        .transpose()
        .map_err(|error| {
            Failure::new(format!("--id: {error}"))
                .hint("`attest keys list --data-dir DIR` shows it on the server's machine")
        })?;
    let mut store = existing(&arguments.trust)?;
    let keys = connection::anonymous(&arguments.url)?.keys().list().await?;
    let (published, key) = choose(&keys, wanted, &arguments.url)?;
    let id = key.id();
    let shown = json!({"id": id.to_string(), "public_key": key.to_string(), "signer": published.signer, "trust": arguments.trust});
    if let Some(known) = store.get(&key) {
        if known.standing != Standing::Trusted {
            return Err(Failure::new(format!(
                "key {id} is revoked in {}",
                arguments.trust.display()
            ))
            .hint("to trust it all the same, take its entry out of trust.toml first"));
        }
        console.note(&format!(
            "key {id} is in {} already",
            arguments.trust.display()
        ));
        if arguments.json {
            console.json(&shown);
        }
        return Ok(0);
    }
    if wanted.is_none() && !agreed(published, &key, &arguments.url, console)? {
        return Ok(1);
    }
    let mut trusted = TrustedKey::new(key);
    trusted.signer.clone_from(&published.signer);
    store
        .add(trusted)
        .map_err(|error| Failure::new(error.to_string()))?;
    store
        .write_folder(&arguments.trust)
        .map_err(|error| Failure::new(error.to_string()))?;
    if arguments.json {
        console.json(&shown);
    } else {
        console.data(&format!("pinned key {id} in {}", arguments.trust.display()));
    }
    Ok(0)
}

fn existing(folder: &Path) -> Result<TrustStore, Failure> {
    if !folder.join("trust.toml").exists() {
        return Ok(TrustStore::new());
    }
    read_trust(folder)
}

/// The key that is meant: the one of that id, else the only one that signs.
fn choose<'a>(
    keys: &'a [PublishedKey],
    wanted: Option<KeyId>,
    url: &str,
) -> Result<(&'a PublishedKey, PublicKey), Failure> {
    let usable: Vec<_> = keys
        .iter()
        .filter_map(|key| {
            PublicKey::parse(&key.public_key)
                .ok()
                .map(|public| (key, public))
        })
        .filter(|(key, public)| match wanted {
            Some(id) => public.id() == id,
            None => key.status == KeyStatus::Active,
        })
        .collect();
    match (usable.as_slice(), wanted) {
        ([one], _) if one.0.status == KeyStatus::Revoked => Err(Failure::new(format!(
            "{url} says that key {} is revoked",
            one.1.id()
        ))),
        ([one], _) => Ok(*one),
        ([], Some(id)) => Err(
            Failure::new(format!("{url} publishes no key with the id {id}"))
                .hint("this may be another server than you think: compare with whoever runs it"),
        ),
        ([], None) => Err(Failure::new(format!("{url} publishes no active key"))),
        (_, _) => {
            let ids: Vec<_> = usable
                .iter()
                .map(|(_, public)| public.id().to_string())
                .collect();
            Err(
                Failure::new(format!("{url} publishes several keys: {}", ids.join(", ")))
                    .hint("say which: --id KEYID"),
            )
        }
    }
}

/// Shows the key and asks. Where nobody can answer, the id has to be said.
fn agreed(
    published: &PublishedKey,
    key: &PublicKey,
    url: &str,
    console: &Console,
) -> Result<bool, Failure> {
    let id = key.id();
    let signer = published.signer.as_deref().unwrap_or("no name");
    if !std::io::stdin().is_terminal() {
        return Err(
            Failure::new(format!("{url} signs with key {id} ({})", escape(signer))).hint(format!(
                "if that is the id you were told, pin it: attest keys pull --url {url} --id {id}"
            )),
        );
    }
    console.note(&format!("{url} signs as {signer} with"));
    console.note(&format!("  key id      {id}"));
    console.note(&format!("  public key  {key}"));
    console.note("Is that the id that whoever runs the server told you? Type yes to pin it:");
    let mut answer = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(|error| Failure::new(format!("cannot read the answer: {error}")))?;
    let agreed = answer.trim() == "yes";
    if !agreed {
        console.note("not pinned");
    }
    Ok(agreed)
}
