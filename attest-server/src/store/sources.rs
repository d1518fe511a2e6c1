//! Uploaded sources: which blob holds a tree.

use attest_core::digest::Digest;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::time::to_micros;
use super::{StoreError, optional};

/// Remembers that `blob` holds the tree of this digest as JSON, and that it was used now.
pub(crate) fn insert(
    connection: &Connection,
    tree: &Digest,
    blob: &Digest,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO sources (tree, blob, used_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (tree) DO UPDATE SET blob = excluded.blob, used_at = max(used_at, excluded.used_at)",
        )?
        .execute(params![tree.as_bytes(), blob.as_bytes(), to_micros(now)])?;
    Ok(())
}

/// The blob that holds the tree of this digest as JSON; `None` where no such source is known, or no longer.
///
/// What it holds may still have been removed by name: lease the blob and the files of its tree before an execution is
/// accepted on it.
pub(crate) fn find(connection: &Connection, tree: &Digest) -> Result<Option<Digest>, StoreError> {
    optional(
        connection
            .prepare_cached("SELECT blob FROM sources WHERE tree = ?1")?
            .query_row([tree.as_bytes()], |row| row.get(0).map(Digest::from_bytes)),
    )
}

/// Remembers that a source was used now, where it is known.
pub(crate) fn touch(
    connection: &Connection,
    tree: &Digest,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE sources SET used_at = max(used_at, ?2) WHERE tree = ?1")?
        .execute(params![tree.as_bytes(), to_micros(now)])?;
    Ok(())
}
