//! The steps of executions.

use attest_core::v1;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, params};

use super::StoreError;
use super::time::{from_micros_opt, to_micros};

/// A finished step.
pub(crate) struct Finished {
    pub(crate) status: v1::StepStatus,
    pub(crate) exit_code: Option<i32>,
    pub(crate) cache_hit: bool,
    pub(crate) completed_at: DateTime<Utc>,
    pub(crate) duration_ms: u64,
    pub(crate) input_hash: Option<String>,
    pub(crate) output_hash: Option<String>,
    /// JSON of `execution`'s own: what the receipt and dependent steps need.
    pub(crate) record: Option<String>,
}

/// A step's row, as a later attempt needs it.
pub(crate) struct Stored {
    pub(crate) position: usize,
    pub(crate) status: v1::StepStatus,
    pub(crate) record: Option<String>,
    pub(crate) supervisor: Option<String>,
}

pub(super) fn insert(
    connection: &Connection,
    execution: i64,
    names: &[String],
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO steps (execution, position, name, status) VALUES (?1, ?2, ?3, 'pending')",
    )?;
    for (position, name) in names.iter().enumerate() {
        statement.execute(params![execution, row_number(position), name])?;
    }
    Ok(())
}

pub(crate) fn start(
    connection: &Connection,
    execution: i64,
    position: usize,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE steps SET status = 'running', started_at = ?3, supervisor = NULL
             WHERE execution = ?1 AND position = ?2",
        )?
        .execute(params![execution, row_number(position), to_micros(now)])?;
    Ok(())
}

/// Remembers the process to end, should this server die.
pub(crate) fn supervised(
    connection: &Connection,
    execution: i64,
    position: usize,
    supervisor: &str,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE steps SET supervisor = ?3 WHERE execution = ?1 AND position = ?2")?
        .execute(params![execution, row_number(position), supervisor])?;
    Ok(())
}

/// Ends a step. One that did not have to begin began as it ended.
pub(crate) fn finish(
    connection: &Connection,
    execution: i64,
    position: usize,
    step: &Finished,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE steps SET status = ?3, exit_code = ?4, cache_hit = ?5, completed_at = ?6, duration_ms = ?7,
             input_hash = ?8, output_hash = ?9, record = ?10, supervisor = NULL, started_at = coalesce(started_at, ?6)
             WHERE execution = ?1 AND position = ?2",
        )?
        .execute(params![
            execution,
            row_number(position),
            step.status.as_str(),
            step.exit_code,
            step.cache_hit,
            to_micros(step.completed_at),
            i64::try_from(step.duration_ms).unwrap_or(i64::MAX),
            step.input_hash,
            step.output_hash,
            step.record,
        ])?;
    Ok(())
}

/// Gives a step that never began its final status.
pub(crate) fn mark(
    connection: &Connection,
    execution: i64,
    position: usize,
    status: &v1::StepStatus,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE steps SET status = ?3 WHERE execution = ?1 AND position = ?2")?
        .execute(params![execution, row_number(position), status.as_str()])?;
    Ok(())
}

/// Gives every step that has not ended this final status.
pub(crate) fn end_unfinished(
    connection: &Connection,
    execution: i64,
    status: &v1::StepStatus,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE steps SET completed_at = iif(status = 'running', ?3, NULL), status = ?2, supervisor = NULL
             WHERE execution = ?1 AND status IN ('pending', 'running')",
        )?
        .execute(params![execution, status.as_str(), to_micros(now)])?;
    Ok(())
}

/// Makes what was running pending again, for another attempt.
pub(crate) fn reset_running(connection: &Connection, execution: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE steps SET status = 'pending', started_at = NULL, supervisor = NULL
             WHERE execution = ?1 AND status = 'running'",
        )?
        .execute([execution])?;
    Ok(())
}

/// Every step, in the order of the definition.
pub(crate) fn stored(connection: &Connection, execution: i64) -> Result<Vec<Stored>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT position, status, record, supervisor FROM steps WHERE execution = ?1 ORDER BY position",
    )?;
    let rows = statement.query_map([execution], |row| {
        Ok(Stored {
            position: usize::try_from(row.get::<_, i64>(0)?).unwrap_or(usize::MAX),
            status: row.get::<_, String>(1)?.as_str().into(),
            record: row.get(2)?,
            supervisor: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The names, in the order of the definition: a step's position is its index here.
pub(crate) fn names(connection: &Connection, execution: i64) -> Result<Vec<String>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT name FROM steps WHERE execution = ?1 ORDER BY position")?;
    let rows = statement.query_map([execution], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Steps as clients see them.
pub(super) fn shown(
    connection: &Connection,
    execution: i64,
) -> Result<Vec<v1::ExecutionStep>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT name, status, exit_code, duration_ms, cache_hit, started_at, completed_at, input_hash, output_hash
         FROM steps WHERE execution = ?1 ORDER BY position",
    )?;
    let rows = statement.query_map([execution], |row| Ok(read(row)))?;
    rows.map(|row| {
        row.map_err(StoreError::from)
            .and_then(std::convert::identity)
    })
    .collect()
}

/// Seconds with at most three decimals.
#[allow(clippy::cast_precision_loss)] // milliseconds of any run are far below 2^53
pub(super) fn seconds(milliseconds: i64) -> f64 {
    milliseconds.max(0) as f64 / 1000.0
}

fn read(row: &Row<'_>) -> Result<v1::ExecutionStep, StoreError> {
    Ok(v1::ExecutionStep {
        name: row.get(0)?,
        status: row.get::<_, String>(1)?.as_str().into(),
        exit_code: row.get(2)?,
        duration_seconds: row.get::<_, Option<i64>>(3)?.map(seconds),
        cache_hit: row.get(4)?,
        started_at: from_micros_opt(row.get(5)?)?.map(Into::into),
        completed_at: from_micros_opt(row.get(6)?)?.map(Into::into),
        input_hash: row.get(7)?,
        output_hash: row.get(8)?,
    })
}

fn row_number(position: usize) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}
