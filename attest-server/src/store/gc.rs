//! Who holds stored blobs, letting go, and how often the cache was asked.

use attest_core::digest::Digest;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::StoreError;
use super::time::{from_micros, from_micros_opt, to_micros};

/// An execution, as far as its blobs go.
pub(crate) struct Execution {
    pub(crate) id: String,
    /// `None` while it is queued or runs.
    pub(crate) completed_at: Option<DateTime<Utc>>,
}

/// A row that may be deleted for its blobs' sake, as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Row {
    /// By key.
    CacheEntry([u8; 32], DateTime<Utc>),
    /// By tree.
    Source(Digest, DateTime<Utc>),
}

/// Which executions are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    All,
    /// Those that are queued or run.
    Unfinished,
}

impl Of {
    fn condition(self) -> &'static str {
        match self {
            Self::All => "true",
            Self::Unfinished => "e.status IN ('queued', 'running')",
        }
    }
}

/// Shows executions' plans.
pub(crate) fn each_plan(
    connection: &Connection,
    of: Of,
    mut show: impl FnMut(&Execution, &str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare(&format!(
        "SELECT e.id, e.completed_at, e.plan FROM executions e WHERE {}",
        of.condition()
    ))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let execution = Execution {
            id: row.get(0)?,
            completed_at: from_micros_opt(row.get(1)?)?,
        };
        show(&execution, row.get_ref(2)?.as_str().map_err(text)?)?;
    }
    Ok(())
}

/// Shows the records of finished steps, each with its execution.
pub(crate) fn each_record(
    connection: &Connection,
    of: Of,
    mut show: impl FnMut(&Execution, &str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare(&format!(
        "SELECT e.id, e.completed_at, s.record FROM executions e JOIN steps s ON s.execution = e.seq
         WHERE s.record IS NOT NULL AND {}",
        of.condition()
    ))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let execution = Execution {
            id: row.get(0)?,
            completed_at: from_micros_opt(row.get(1)?)?,
        };
        show(&execution, row.get_ref(2)?.as_str().map_err(text)?)?;
    }
    Ok(())
}

/// Shows every cache entry's record and its last use.
pub(crate) fn each_cache_entry(
    connection: &Connection,
    mut show: impl FnMut(Row, &str, DateTime<Utc>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare("SELECT key, used_at, record FROM cache_entries")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let used = from_micros(row.get(1)?)?;
        let entry = Row::CacheEntry(row.get(0)?, used);
        show(entry, row.get_ref(2)?.as_str().map_err(text)?, used)?;
    }
    Ok(())
}

/// Shows every uploaded source: the blob of its tree, and its last use.
pub(crate) fn each_source(
    connection: &Connection,
    mut show: impl FnMut(Row, Digest, DateTime<Utc>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare("SELECT tree, used_at, blob FROM sources")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let used = from_micros(row.get(1)?)?;
        let source = Row::Source(Digest::from_bytes(row.get(0)?), used);
        show(source, Digest::from_bytes(row.get(2)?), used)?;
    }
    Ok(())
}

/// Deletes rows, but not those that were used since they were read.
pub(crate) fn delete(connection: &Connection, rows: &[Row]) -> Result<(), StoreError> {
    let mut entries =
        connection.prepare_cached("DELETE FROM cache_entries WHERE key = ?1 AND used_at = ?2")?;
    let mut sources =
        connection.prepare_cached("DELETE FROM sources WHERE tree = ?1 AND used_at = ?2")?;
    for row in rows {
        match row {
            Row::CacheEntry(key, used) => entries.execute(params![key, to_micros(*used)])?,
            Row::Source(tree, used) => {
                sources.execute(params![tree.as_bytes(), to_micros(*used)])?
            }
        };
    }
    Ok(())
}

/// How many steps were looked up in the cache and found, and how many were not.
pub(crate) fn lookups(connection: &Connection) -> Result<(u64, u64), StoreError> {
    let counted: (i64, i64) = connection
        .prepare_cached("SELECT hits, misses FROM cache_lookups")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((counted.0.unsigned_abs(), counted.1.unsigned_abs()))
}

fn text(error: rusqlite::types::FromSqlError) -> StoreError {
    StoreError::decode("document", error)
}
