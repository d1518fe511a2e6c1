//! `attest keys list`: the keys of a trust store, of a server's data directory, or of a server.

use std::fs;
use std::path::{Path, PathBuf};

use attest_sdk::PublishedKey;
use attest_sdk::key::{PublicKey, SigningKey};
use attest_sdk::trust::Standing;
use clap::Args;
use serde_json::{Value, json};

use crate::commands::verify::{DEFAULT_TRUST, read_trust};
use crate::connection;
use crate::failure::Failure;
use crate::output::{Console, escape};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The trust store
    #[arg(long, value_name = "DIR", default_value = DEFAULT_TRUST)]
    trust: PathBuf,
    /// A server's data directory instead: the key it signs with
    #[arg(long, value_name = "DIR", conflicts_with_all = ["trust", "url"])]
    data_dir: Option<PathBuf>,
    /// A server instead: the keys it publishes
    #[arg(long, value_name = "URL", conflicts_with = "trust")]
    url: Option<String>,
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
}

/// A line of the list.
struct Row {
    id: String,
    public_key: String,
    signer: Option<String>,
    status: String,
}

pub(super) async fn run(arguments: &Arguments, console: &Console) -> Result<u8, Failure> {
    let rows = match (&arguments.data_dir, &arguments.url) {
        (Some(data), _) => vec![own(data)?],
        (None, Some(url)) => published(&connection::anonymous(url)?.keys().list().await?),
        (None, None) => trusted(&arguments.trust)?,
    };
    if arguments.json {
        let keys: Vec<Value> = rows
            .iter()
            .map(|row| json!({"id": row.id, "public_key": row.public_key, "signer": row.signer, "status": row.status}))
            .collect();
        console.json(&json!({"keys": keys}));
    } else {
        for row in rows {
            let signer = row
                .signer
                .map_or_else(String::new, |signer| format!("  {signer}"));
            console.data(&escape(&format!(
                "{}  {:<8} {}{signer}",
                row.id, row.status, row.public_key
            )));
        }
    }
    Ok(0)
}

fn trusted(folder: &Path) -> Result<Vec<Row>, Failure> {
    let store = read_trust(folder)?;
    let row = |key: &attest_sdk::trust::TrustedKey| Row {
        id: key.public_key.id().to_string(),
        public_key: key.public_key.to_string(),
        signer: key.signer.clone(),
        status: match key.standing {
            Standing::Trusted => "trusted".to_owned(),
            Standing::Revoked { .. } => "revoked".to_owned(),
        },
    };
    Ok(store.iter().map(row).collect())
}

fn own(data: &Path) -> Result<Row, Failure> {
    let file = data.join("signing-key.pem");
    let text = fs::read_to_string(&file)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", file.display())))?;
    let key = SigningKey::from_pkcs8_pem(&text)
        .map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    Ok(Row {
        id: key.id().to_string(),
        public_key: key.public_key().to_string(),
        signer: None,
        status: "active".to_owned(),
    })
}

/// The id is derived from the key here: what a server calls it proves nothing.
fn published(keys: &[PublishedKey]) -> Vec<Row> {
    let row = |key: &PublishedKey| Row {
        id: PublicKey::parse(&key.public_key)
            .map_or_else(|_| "unusable".to_owned(), |key| key.id().to_string()),
        public_key: key.public_key.clone(),
        signer: key.signer.clone(),
        status: key.status.to_string(),
    };
    keys.iter().map(row).collect()
}
