//! `trust.toml`: the list of keys, without the keys themselves.
//!
//! `version = 1`, then one `[[key]]` per key with `id`, `name`, `status` and, where it is revoked, `revoked_at`. This
//! project adds `signer`, `valid_from` and `valid_until`, which the command-line tool does not read.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use super::{Standing, TrustError, TrustStore, TrustedKey};
use crate::key::{KeyId, PublicKey};
use crate::rfc3339;

// Unknown fields are refused: a misspelt `valid_until` would leave a key trusted for ever.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: i64,
    #[serde(default, rename = "key")]
    keys: Vec<RawEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    id: String,
    name: String,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
}

/// One line of `trust.toml`, checked; its key is still to be read from `<id>.pub`.
///
/// ```
/// use attest_core::trust::parse_document;
///
/// let text = r#"
/// version = 1
/// [[key]]
/// id = "6c31041268f471609c79f5f2dbcc38e4"
/// name = "ci-system@company.com"
/// status = "trusted"
/// "#;
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// let [entry] = parse_document(text)?.try_into().map_err(|_| "not one key")?;
/// let trusted = entry.with_key(key)?; // what stands in 6c310412….pub
/// assert_eq!(trusted.signer.as_deref(), Some("ci-system@company.com"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key's id.
    pub id: KeyId,
    /// `signer`, else `name`; none where that is empty or the id again, which the format has for a key without a name.
    pub signer: Option<String>,
    /// Whether the key is believed.
    pub standing: Standing,
    /// Start of its window.
    pub valid_from: Option<DateTime<Utc>>,
    /// End of its window.
    pub valid_until: Option<DateTime<Utc>>,
}

impl Entry {
    /// The entry with the key that its file holds (any form that [`PublicKey::parse`] takes).
    ///
    /// # Errors
    /// [`TrustError::Key`] and [`TrustError::OtherKey`].
    pub fn with_key(self, text: &str) -> Result<TrustedKey, TrustError> {
        let public_key = PublicKey::parse(text).map_err(|reason| TrustError::Key {
            id: self.id,
            reason,
        })?;
        if public_key.id() != self.id {
            return Err(TrustError::OtherKey {
                id: self.id,
                found: public_key.id(),
            });
        }
        Ok(TrustedKey {
            public_key,
            signer: self.signer,
            standing: self.standing,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
        })
    }
}

/// Reads the text of `trust.toml`.
///
/// # Errors
/// [`TrustError`] for the first entry that cannot be used; then none of them can.
pub fn parse_document(text: &str) -> Result<Vec<Entry>, TrustError> {
    // The version first: of another version nothing else is known.
    let table: toml::Table =
        toml::from_str(text).map_err(|e| TrustError::Document(e.to_string()))?;
    if let Some(version) = table
        .get("version")
        .and_then(toml::Value::as_integer)
        .filter(|v| *v != 1)
    {
        return Err(TrustError::Version(version));
    }
    let document: Document =
        toml::from_str(text).map_err(|e| TrustError::Document(e.to_string()))?;
    document.keys.into_iter().map(entry).collect()
}

fn entry(raw: RawEntry) -> Result<Entry, TrustError> {
    let id = KeyId::parse(&raw.id).map_err(|reason| TrustError::Id {
        id: raw.id.clone(),
        reason,
    })?;
    let date = |field, text: Option<String>| date(id, field, text);
    let revoked_at = date("revoked_at", raw.revoked_at)?;
    let standing = match (raw.status.as_str(), revoked_at) {
        ("trusted", None) => Standing::Trusted,
        ("trusted", Some(_)) => {
            let reason = "contradicts the status \"trusted\"; remove one of them".to_owned();
            return Err(TrustError::Date {
                id,
                field: "revoked_at",
                reason,
            });
        }
        ("revoked", at) => Standing::Revoked { at },
        _ => {
            return Err(TrustError::Status {
                id,
                status: raw.status,
            });
        }
    };
    let valid_from = date("valid_from", raw.valid_from)?;
    let valid_until = date("valid_until", raw.valid_until)?;
    if let (Some(from), Some(until)) = (valid_from, valid_until)
        && until < from
    {
        let reason = format!("is before valid_from, {}", from.to_rfc3339());
        return Err(TrustError::Date {
            id,
            field: "valid_until",
            reason,
        });
    }
    let signer = raw.signer.unwrap_or(raw.name);
    Ok(Entry {
        id,
        signer: Some(signer).filter(|name| !name.is_empty() && *name != raw.id),
        standing,
        valid_from,
        valid_until,
    })
}

fn date(
    id: KeyId,
    field: &'static str,
    text: Option<String>,
) -> Result<Option<DateTime<Utc>>, TrustError> {
    let parse = |text: String| {
        rfc3339::parse(&text).ok_or_else(|| TrustError::Date {
            id,
            field,
            reason: format!("must be a time like 2026-01-31T12:00:00Z, found {text:?}"),
        })
    };
    text.map(parse).transpose()
}

/// The text of `trust.toml` for these keys; each key belongs beside it as `<id>.pub`.
///
/// # Errors
/// [`TrustError::Document`], where a text cannot be TOML.
pub fn write_document(store: &TrustStore) -> Result<String, TrustError> {
    let time = |t: &DateTime<Utc>| t.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    let keys = store
        .iter()
        .map(|key| {
            let (status, revoked_at) = match key.standing {
                Standing::Trusted => ("trusted", None),
                Standing::Revoked { at } => ("revoked", at),
            };
            let id = key.public_key.id().to_string();
            RawEntry {
                name: key.signer.clone().unwrap_or_else(|| id.clone()),
                id,
                status: status.to_owned(),
                revoked_at: revoked_at.as_ref().map(time),
                signer: None,
                valid_from: key.valid_from.as_ref().map(time),
                valid_until: key.valid_until.as_ref().map(time),
            }
        })
        .collect();
    toml::to_string(&Document { version: 1, keys }).map_err(|e| TrustError::Document(e.to_string()))
}
