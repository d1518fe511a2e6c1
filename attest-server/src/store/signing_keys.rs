//! The register of public signing keys. Private halves are files, never rows.

use attest_core::v1;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, params};

use super::time::{from_micros, from_micros_opt, to_micros};
use super::{StoreError, optional};

/// Makes `id` the active key, stores it if it is new, and retires whichever was active before.
///
/// A key that was revoked stays revoked; the answer is its status after the call.
pub(crate) fn activate(
    connection: &Connection,
    id: &str,
    public_key: &str,
    signer: &str,
    now: DateTime<Utc>,
) -> Result<v1::KeyStatus, StoreError> {
    connection.execute(
        "UPDATE signing_keys SET status = 'retired' WHERE status = 'active' AND id <> ?1",
        [id],
    )?;
    connection.execute(
        "INSERT INTO signing_keys (id, public_key, signer, status, valid_from) VALUES (?1, ?2, ?3, 'active', ?4)
         ON CONFLICT (id) DO UPDATE SET signer = excluded.signer,
             status = iif(status = 'revoked', status, 'active')",
        params![id, public_key, signer, to_micros(now)],
    )?;
    let status: String = connection.query_row(
        "SELECT status FROM signing_keys WHERE id = ?1",
        [id],
        |row| row.get(0),
    )?;
    Ok(status.as_str().into())
}

/// Newest first.
pub(crate) fn list(connection: &Connection) -> Result<Vec<v1::PublishedKey>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, public_key, signer, status, valid_from, revoked_at FROM signing_keys
         ORDER BY valid_from DESC, id",
    )?;
    let rows = statement.query_map([], |row| Ok(read(row)))?;
    rows.map(|row| {
        row.map_err(StoreError::from)
            .and_then(std::convert::identity)
    })
    .collect()
}

fn read(row: &Row<'_>) -> Result<v1::PublishedKey, StoreError> {
    Ok(v1::PublishedKey {
        id: row.get(0)?,
        public_key: row.get(1)?,
        signer: row.get(2)?,
        status: row.get::<_, String>(3)?.as_str().into(),
        valid_from: Some(from_micros(row.get(4)?)?.into()),
        revoked_at: from_micros_opt(row.get(5)?)?.map(Into::into),
    })
}

/// The status of a key; `None` where it was never this server's.
pub(crate) fn status(
    connection: &Connection,
    id: &str,
) -> Result<Option<v1::KeyStatus>, StoreError> {
    let status: Option<String> = optional(
        connection
            .prepare_cached("SELECT status FROM signing_keys WHERE id = ?1")?
            .query_row([id], |row| row.get(0)),
    )?;
    Ok(status.map(|status| status.as_str().into()))
}
