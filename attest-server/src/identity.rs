//! The secrets of a server, made at its first start: pepper, signing key, the administrator's key.
//!
//! Each file is written whole before the row that goes with it, and a row that is missing is written at the next start:
//! a crash at any point leaves something that the next start completes.

use attest_core::key::SigningKey;
use attest_core::v1;
use zeroize::Zeroizing;

use crate::auth::{ApiKey, PEPPER_LEN, Pepper};
use crate::data_dir::{DataDir, DataDirError};
use crate::host::Host;
use crate::serve_error::ServeError;
use crate::store::{Store, StoreError, api_keys, signing_keys};

/// What a server is.
pub(crate) struct Identities {
    pub(crate) pepper: Pepper,
    pub(crate) signing_key: SigningKey,
    /// The administrator's key, where it was made now.
    pub(crate) admin_key: Option<String>,
    /// The signing key's public half.
    pub(crate) published: v1::PublishedKey,
}

pub(crate) async fn establish(
    data_dir: &DataDir,
    store: &Store,
    host: &Host,
    signer: &str,
) -> Result<Identities, ServeError> {
    let pepper = pepper(data_dir, host)?;
    let signing_key = signing_key(data_dir, host)?;
    let unusable = |error: StoreError| ServeError::Store {
        path: data_dir.database(),
        message: error.to_string(),
    };
    let published = publish(data_dir, store, host, &signing_key, signer).await?;
    let (key, is_new) = match data_dir.read_secret(&data_dir.admin_key())? {
        Some(text) => (Some(admin_key(data_dir, text.trim())?), false),
        // Taken away by its owner, who has it elsewhere: nobody wants a second one lying about.
        None if store.read(api_keys::any).await.map_err(unusable)? => (None, false),
        None => {
            let key = ApiKey::generate(host)?;
            data_dir.write_secret(&data_dir.admin_key(), &format!("{}\n", key.reveal()))?;
            (Some(key), true)
        }
    };
    if let Some(key) = &key {
        let (hash, id, now) = (key.hash(&pepper), host.id("key")?, host.now());
        let known: Result<(), StoreError> = store
            .write(move |connection| {
                if api_keys::by_hash(connection, &hash)?.is_some() {
                    return Ok(());
                }
                let new = api_keys::NewApiKey {
                    id: &id,
                    name: "admin",
                    hash,
                    scopes: &["*"],
                    tier: "unlimited",
                };
                api_keys::insert(connection, &new, now)
            })
            .await;
        known.map_err(unusable)?;
    }
    let admin_key = key.filter(|_| is_new).map(|key| key.reveal().to_owned());
    Ok(Identities {
        pepper,
        signing_key,
        admin_key,
        published,
    })
}

fn admin_key(data_dir: &DataDir, text: &str) -> Result<ApiKey, DataDirError> {
    ApiKey::parse(text).ok_or_else(|| DataDirError::Secret {
        path: data_dir.admin_key(),
        problem: "does not hold an API key: put the key back, or move the file away".to_owned(),
    })
}

fn pepper(data_dir: &DataDir, host: &Host) -> Result<Pepper, ServeError> {
    let path = data_dir.pepper();
    if let Some(text) = data_dir.read_secret(&path)? {
        let pepper = blake3::Hash::from_hex(text.trim()).map_err(|_| DataDirError::Secret {
            path,
            problem: "does not hold 64 hex digits: restore it; without it no API key is known"
                .to_owned(),
        })?;
        return Ok(Pepper(Zeroizing::new(*pepper.as_bytes())));
    }
    let mut bytes = Zeroizing::new([0; PEPPER_LEN]);
    host.fill(bytes.as_mut())?;
    let text = Zeroizing::new(format!("{}\n", blake3::Hash::from_bytes(*bytes).to_hex()));
    data_dir.write_secret(&path, &text)?;
    Ok(Pepper(bytes))
}

fn signing_key(data_dir: &DataDir, host: &Host) -> Result<SigningKey, ServeError> {
    let path = data_dir.signing_key();
    if let Some(text) = data_dir.read_secret(&path)? {
        return SigningKey::from_pkcs8_pem(&text)
            .map_err(|source| ServeError::SigningKey { path, source });
    }
    let mut seed = Zeroizing::new([0; 32]);
    host.fill(seed.as_mut())?;
    let key = SigningKey::from_seed(&seed);
    data_dir.write_secret(&path, &key.to_pkcs8_pem())?;
    Ok(key)
}

async fn publish(
    data_dir: &DataDir,
    store: &Store,
    host: &Host,
    key: &SigningKey,
    signer: &str,
) -> Result<v1::PublishedKey, ServeError> {
    let public_key = key.public_key();
    let (id, text, signer, now) = (
        public_key.id().to_string(),
        public_key.to_string(),
        signer.to_owned(),
        host.now(),
    );
    let wanted = id.clone();
    let published: Result<_, StoreError> = store
        .write(move |connection| {
            signing_keys::activate(connection, &id, &text, &signer, now)?;
            let all = signing_keys::list(connection)?;
            all.into_iter()
                .find(|key| key.id == id)
                .ok_or_else(|| StoreError::decode("signing key", id))
        })
        .await;
    let published = published.map_err(|error| ServeError::Store {
        path: data_dir.database(),
        message: error.to_string(),
    })?;
    if published.status == v1::KeyStatus::Revoked {
        return Err(ServeError::SigningKeyRevoked {
            id: wanted,
            path: data_dir.signing_key(),
        });
    }
    Ok(published)
}
