//! API keys: what a credential may do. Only a keyed hash of a key is here.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::time::{from_micros_opt, to_micros};
use super::{StoreError, optional};

/// The length of a stored hash, bytes.
pub(crate) const HASH_LEN: usize = 32;

/// A stored key.
#[derive(Debug, Clone)]
pub(crate) struct ApiKey {
    pub(crate) id: String,
    pub(crate) hash: [u8; HASH_LEN],
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) revoked_at: Option<DateTime<Utc>>,
}

/// A key to store.
pub(crate) struct NewApiKey<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) hash: [u8; HASH_LEN],
    pub(crate) scopes: &'a [&'a str],
    pub(crate) tier: &'a str,
}

pub(crate) fn insert(
    connection: &Connection,
    key: &NewApiKey<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let scopes =
        serde_json::to_string(key.scopes).map_err(|e| StoreError::decode("scope list", e))?;
    connection
        .prepare_cached(
            "INSERT INTO api_keys (id, name, hash, scopes, tier, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![key.id, key.name, key.hash.as_slice(), scopes, key.tier, to_micros(now)])?;
    Ok(())
}

/// Revoked and expired keys too: what they are worth is for the caller to say.
pub(crate) fn by_hash(
    connection: &Connection,
    hash: &[u8; HASH_LEN],
) -> Result<Option<ApiKey>, StoreError> {
    let row = optional(
        connection
            .prepare_cached(
                "SELECT id, hash, scopes, expires_at, revoked_at FROM api_keys WHERE hash = ?1",
            )?
            .query_row([hash.as_slice()], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, [u8; HASH_LEN]>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, Option<i64>>(3)?,
                    row.get::<_, Option<i64>>(4)?,
                ))
            }),
    )?;
    row.map(|(id, hash, scopes, expires_at, revoked_at)| {
        Ok(ApiKey {
            id,
            hash,
            scopes: serde_json::from_str(&scopes)
                .map_err(|e| StoreError::decode("scope list", e))?,
            expires_at: from_micros_opt(expires_at)?,
            revoked_at: from_micros_opt(revoked_at)?,
        })
    })
    .transpose()
}

/// Whether the key of that id is still good for something.
pub(crate) fn is_good(
    connection: &Connection,
    id: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM api_keys WHERE id = ?1 AND revoked_at IS NULL
             AND (expires_at IS NULL OR expires_at > ?2))",
        )?
        .query_row(params![id, to_micros(now)], |row| row.get(0))?)
}

/// Whether any key was ever stored.
pub(crate) fn any(connection: &Connection) -> Result<bool, StoreError> {
    Ok(
        connection.query_row("SELECT EXISTS (SELECT 1 FROM api_keys)", [], |row| {
            row.get(0)
        })?,
    )
}
