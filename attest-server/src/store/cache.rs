//! What steps left, by the key of everything they could see. Keys cover secrets: they are compared, never shown.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, Row, params};

use super::logs::Span;
use super::time::to_micros;
use super::{StoreError, optional};

/// A use within this time after the last one is not written down: what nobody uses is told in days.
const REMEMBERED: TimeDelta = TimeDelta::minutes(10);

/// What is kept under a key.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) origin: Origin,
    /// JSON, as in the step's own row.
    pub(crate) record: String,
}

/// The step that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The execution's row.
    pub(crate) execution: i64,
    /// The execution's id.
    pub(crate) id: String,
    pub(crate) position: usize,
    /// Its lines in the execution's log; `None` where it wrote none.
    pub(crate) log: Option<Span>,
}

/// A step that ran and may stand for others.
#[derive(Debug, Clone)]
pub(crate) struct NewEntry<'a> {
    pub(crate) execution: i64,
    pub(crate) position: usize,
    pub(crate) log: Option<Span>,
    pub(crate) record: &'a str,
}

pub(crate) fn find(connection: &Connection, key: &[u8; 32]) -> Result<Option<Entry>, StoreError> {
    optional(
        connection
            .prepare_cached(
                "SELECT c.execution, e.id, c.position, c.log_first, c.log_last, c.record
                 FROM cache_entries c JOIN executions e ON e.seq = c.execution WHERE c.key = ?1",
            )?
            .query_row([key], read),
    )
}

fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let number = |column| row.get::<_, Option<i64>>(column);
    let log = number(3)?.zip(number(4)?).map(|(first, last)| Span {
        first: first.unsigned_abs(),
        last: last.unsigned_abs(),
    });
    Ok(Entry {
        origin: Origin {
            execution: row.get(0)?,
            id: row.get(1)?,
            position: usize::try_from(row.get::<_, i64>(2)?).unwrap_or(usize::MAX),
            log,
        },
        record: row.get(5)?,
    })
}

/// Keeps what a step left. The first that was kept under a key stays.
pub(crate) fn insert(
    connection: &Connection,
    key: &[u8; 32],
    entry: &NewEntry<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let number = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO cache_entries
             (key, execution, position, log_first, log_last, record, created_at, used_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
        )?
        .execute(params![
            key,
            entry.execution,
            i64::try_from(entry.position).unwrap_or(i64::MAX),
            entry.log.map(|span| number(span.first)),
            entry.log.map(|span| number(span.last)),
            entry.record,
            to_micros(now),
        ])?;
    Ok(())
}

/// Notes that an entry was of use.
pub(crate) fn used(
    connection: &Connection,
    key: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE cache_entries SET used_at = ?2 WHERE key = ?1 AND used_at < ?3")?
        .execute(params![key, to_micros(now), to_micros(now - REMEMBERED)])?;
    Ok(())
}

/// Lets go of an entry that is of no use, unless another has taken its place.
pub(crate) fn forget(
    connection: &Connection,
    key: &[u8; 32],
    origin: &Origin,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "DELETE FROM cache_entries WHERE key = ?1 AND execution = ?2 AND position = ?3",
        )?
        .execute(params![
            key,
            origin.execution,
            i64::try_from(origin.position).unwrap_or(i64::MAX)
        ])?;
    Ok(())
}

/// Counts steps that were looked up.
pub(crate) fn count(connection: &Connection, hits: u64, misses: u64) -> Result<(), StoreError> {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    connection
        .prepare_cached("UPDATE cache_lookups SET hits = hits + ?1, misses = misses + ?2")?
        .execute([number(hits), number(misses)])?;
    Ok(())
}
