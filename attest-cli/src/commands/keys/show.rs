//! `attest keys show`: everything about one public key, in the spellings that one pastes elsewhere. Of a private key it
//! shows the public half, and nothing else ever.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use attest_sdk::key::{KeyId, PublicKey, SigningKey};
use attest_sdk::trust::{Standing, TrustedKey};
use attest_sdk::v1::Timestamp;
use clap::Args;
use serde_json::json;
use zeroize::Zeroizing;

use crate::commands::verify::{DEFAULT_TRUST, read_trust};
use crate::failure::Failure;
use crate::output::{Console, escape, spoken};

/// Largest key file that is read, in bytes; PEM of Ed25519 has under 300.
const MAX_BYTES: usize = 16 * 1024;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A key id of the trust store, or a file with a key (.pub or .pem)
    #[arg(value_name = "ID|FILE")]
    key: String,
    /// The trust store
    #[arg(long, value_name = "DIR", default_value = DEFAULT_TRUST)]
    trust: PathBuf,
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
}

/// What is known of a key.
struct Shown {
    /// A key of a file has neither identity nor standing.
    key: TrustedKey,
    from: String,
    status: &'static str,
    /// Whether the file also holds the private half.
    private: bool,
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<u8, Failure> {
    let shown = match KeyId::parse(&arguments.key) {
        Ok(id) => of_the_store(id, &arguments.trust)?,
        Err(_) => of_a_file(Path::new(&arguments.key))?,
    };
    if arguments.json {
        console.json(&shown.json());
    } else {
        for line in shown.lines() {
            console.data(&line);
        }
    }
    if shown.private {
        console.note(&format!(
            "{} is a private key: keep it secret. Shown is its public half alone",
            arguments.key
        ));
    }
    Ok(0)
}

fn of_the_store(id: KeyId, folder: &Path) -> Result<Shown, Failure> {
    let store = read_trust(folder)?;
    let key = store.find(id).ok_or_else(|| {
        Failure::new(format!("{} has no key {id}", folder.display())).hint(format!(
            "attest keys list --trust {} shows those it has",
            folder.display()
        ))
    })?;
    Ok(Shown {
        key: key.clone(),
        from: format!("the trust store {}", folder.display()),
        status: match key.standing {
            Standing::Trusted => "trusted",
            Standing::Revoked { .. } => "revoked",
        },
        private: false,
    })
}

fn of_a_file(path: &Path) -> Result<Shown, Failure> {
    let text = read(path)?;
    let private = text.contains("PRIVATE KEY-----");
    let key = if private {
        SigningKey::from_pkcs8_pem(&text).map(|key| key.public_key())
    } else {
        PublicKey::parse(&text)
    };
    let key = key.map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    Ok(Shown {
        key: TrustedKey::new(key),
        from: format!("the file {}", path.display()),
        status: "in no trust store",
        private,
    })
}

fn read(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let fault = |why: String| {
        Failure::new(format!(
            "{} is no key id of 32 lower-case hex digits, and no file that can be read: {why}",
            path.display()
        ))
    };
    // Room for all of it at once: a text that grew would leave copies of a private key behind.
    let mut text = Zeroizing::new(String::with_capacity(MAX_BYTES + 1));
    let file = File::open(path).map_err(|error| fault(error.to_string()))?;
    file.take(MAX_BYTES as u64 + 1)
        .read_to_string(&mut text)
        .map_err(|error| fault(error.to_string()))?;
    if text.len() > MAX_BYTES {
        return Err(Failure::new(format!(
            "{}: longer than {MAX_BYTES} bytes, and so no key file",
            path.display()
        )));
    }
    Ok(text)
}

impl Shown {
    fn lines(&self) -> Vec<String> {
        let key = &self.key.public_key;
        let line = |name: &str, value: &str| escape(&format!("{name:<12} {value}"));
        let mut lines = vec![
            line("key id", &key.id().to_string()),
            line("spoken", &spoken(key.id().as_bytes())),
            line("public key", &key.to_string()),
            line("bare", &key.hex()),
            line("from", &self.from),
            line("status", self.status),
        ];
        let known = [
            ("signer", self.key.signer.clone()),
            ("revoked at", self.revoked_at()),
            ("valid from", time(self.key.valid_from)),
            ("valid until", time(self.key.valid_until)),
        ];
        for (name, value) in known {
            lines.extend(value.map(|value| line(name, &value)));
        }
        lines.extend(key.to_pem().lines().map(str::to_owned));
        lines
    }

    fn json(&self) -> serde_json::Value {
        let key = &self.key.public_key;
        json!({
            "id": key.id().to_string(),
            "spoken": spoken(key.id().as_bytes()),
            "public_key": key.to_string(),
            "public_key_hex": key.hex(),
            "public_key_pem": key.to_pem(),
            "from": self.from,
            "status": self.status,
            "signer": self.key.signer,
            "revoked_at": self.revoked_at(),
            "valid_from": time(self.key.valid_from),
            "valid_until": time(self.key.valid_until),
            "private": self.private,
        })
    }

    fn revoked_at(&self) -> Option<String> {
        match self.key.standing {
            Standing::Trusted => None,
            Standing::Revoked { at } => time(at),
        }
    }
}

fn time(at: Option<impl Into<Timestamp>>) -> Option<String> {
    at.map(|at| at.into().to_string())
}
