//! Pipelines and their versions.

use attest_core::v1;
use chrono::{DateTime, Utc};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params};

use super::page::{Column, Page, SortValue, where_clause};
use super::time::{from_micros, to_micros};
use super::{StoreError, optional};

/// What pipelines can be sorted by; the first is the default.
pub(crate) const SORTS: &[Column] = &[
    Column {
        field: "created_at",
        sql: "created_at",
    },
    Column {
        field: "updated_at",
        sql: "updated_at",
    },
    Column {
        field: "name",
        sql: "name",
    },
];

const COLUMNS: &str = "seq, id, name, description, status, version, created_at, updated_at, executions, completed, failed";

/// A pipeline and its row's number.
pub(crate) struct Stored {
    pub(crate) seq: i64,
    pub(crate) pipeline: v1::Pipeline,
}

/// A configuration ready to be stored.
pub(crate) struct Definition {
    pub(crate) config: v1::Config,
    pub(crate) hash: String,
}

/// Which pipelines a list selects.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) name: Option<String>,
    pub(crate) status: Option<String>,
}

pub(crate) fn insert(
    connection: &Connection,
    id: &str,
    name: &str,
    description: Option<&str>,
    definition: &Definition,
    now: DateTime<Utc>,
) -> Result<v1::Pipeline, StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO pipelines (id, name, description, status, version, created_at, updated_at)
             VALUES (?1, ?2, ?3, 'active', 1, ?4, ?4)",
        )?
        .execute(params![id, name, description, to_micros(now)])?;
    let seq = connection.last_insert_rowid();
    insert_version(connection, seq, 1, definition, now)?;
    existing(connection, id)
}

/// Changes what is given; a definition becomes a new version. `None` where there is no such pipeline.
pub(crate) fn update(
    connection: &Connection,
    id: &str,
    name: Option<&str>,
    description: Option<&str>,
    definition: Option<&Definition>,
    now: DateTime<Utc>,
) -> Result<Option<v1::Pipeline>, StoreError> {
    let Some(stored) = get(connection, id)? else {
        return Ok(None);
    };
    let mut version = stored.pipeline.version.unwrap_or(1);
    if let Some(definition) = definition {
        version += 1;
        insert_version(connection, stored.seq, version, definition, now)?;
    }
    connection
        .prepare_cached(
            "UPDATE pipelines SET name = coalesce(?2, name), description = coalesce(?3, description),
             version = ?4, updated_at = ?5 WHERE seq = ?1",
        )?
        .execute(params![stored.seq, name, description, as_i64(version), to_micros(now)])?;
    existing(connection, id).map(Some)
}

/// False where there is no such pipeline; archiving twice is fine.
pub(crate) fn archive(
    connection: &Connection,
    id: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let changed = connection
        .prepare_cached(
            "UPDATE pipelines SET updated_at = iif(status = 'archived', updated_at, ?2), status = 'archived'
             WHERE id = ?1",
        )?
        .execute(params![id, to_micros(now)])?;
    Ok(changed > 0)
}

/// With the newest configuration.
pub(crate) fn get(connection: &Connection, id: &str) -> Result<Option<Stored>, StoreError> {
    let row = optional(
        connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM pipelines WHERE id = ?1"))?
            .query_row([id], |row| Ok(read(row))),
    )?;
    let Some(mut stored) = row.transpose()? else {
        return Ok(None);
    };
    let version = stored.pipeline.version.unwrap_or(1);
    if let Some(definition) = definition(connection, stored.seq, version)? {
        stored.pipeline.config = Some(definition.config);
        stored.pipeline.definition_hash = Some(definition.hash);
    }
    Ok(Some(stored))
}

/// One version's configuration.
pub(crate) fn definition(
    connection: &Connection,
    pipeline: i64,
    version: u64,
) -> Result<Option<Definition>, StoreError> {
    let row: Option<(String, String)> = optional(
        connection
            .prepare_cached(
                "SELECT config, definition_hash FROM pipeline_versions WHERE pipeline = ?1 AND version = ?2",
            )?
            .query_row(params![pipeline, as_i64(version)], |row| Ok((row.get(0)?, row.get(1)?))),
    )?;
    row.map(|(config, hash)| {
        let config = serde_json::from_str(&config)
            .map_err(|e| StoreError::decode("pipeline configuration", e))?;
        Ok(Definition { config, hash })
    })
    .transpose()
}

pub(crate) fn list(
    connection: &Connection,
    filter: &Filter,
    page: &Page,
) -> Result<v1::PipelineList, StoreError> {
    let mut conditions = Vec::new();
    let mut values = Vec::new();
    for (column, value) in [("name", &filter.name), ("status", &filter.status)] {
        if let Some(value) = value {
            values.push(Value::Text(value.clone()));
            conditions.push(format!("{column} = ?{}", values.len()));
        }
    }
    let count = format!(
        "SELECT count(*) FROM pipelines{}",
        where_clause(&conditions)
    );
    let total: i64 = connection
        .prepare_cached(&count)?
        .query_row(rusqlite::params_from_iter(&values), |row| row.get(0))?;
    let tail = page.tail(conditions, &mut values);
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM pipelines{tail}"))?;
    let rows = statement.query_map(rusqlite::params_from_iter(&values), |row| Ok(read(row)))?;
    let mut found = rows
        .map(|row| {
            row.map_err(StoreError::from)
                .and_then(std::convert::identity)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let limit = page.limit as usize;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| has_more).map(|last| {
        let moment =
            |time: Option<v1::Timestamp>| SortValue::Integer(time.map_or(0, |t| to_micros(t.0)));
        let value = match page.column.field {
            "name" => SortValue::Text(last.pipeline.name.clone()),
            "updated_at" => moment(last.pipeline.updated_at),
            _ => moment(last.pipeline.created_at),
        };
        page.cursor(value, last.seq).encode()
    });
    Ok(v1::PipelineList {
        pipelines: found.into_iter().map(|stored| stored.pipeline).collect(),
        total: total.unsigned_abs(),
        has_more,
        next_cursor,
    })
}

fn insert_version(
    connection: &Connection,
    pipeline: i64,
    version: u64,
    definition: &Definition,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let config = serde_json::to_string(&definition.config)
        .map_err(|e| StoreError::decode("pipeline configuration", e))?;
    connection
        .prepare_cached(
            "INSERT INTO pipeline_versions (pipeline, version, config, definition_hash, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            pipeline,
            as_i64(version),
            config,
            definition.hash,
            to_micros(now)
        ])?;
    Ok(())
}

fn existing(connection: &Connection, id: &str) -> Result<v1::Pipeline, StoreError> {
    match get(connection, id)? {
        Some(stored) => Ok(stored.pipeline),
        None => Err(StoreError::decode("pipeline", id)),
    }
}

fn read(row: &Row<'_>) -> Result<Stored, StoreError> {
    let (completed, failed): (i64, i64) = (row.get("completed")?, row.get("failed")?);
    let finished = completed + failed;
    let pipeline = v1::Pipeline {
        id: row.get("id")?,
        name: row.get("name")?,
        description: row.get("description")?,
        status: row.get::<_, String>("status")?.as_str().into(),
        created_at: Some(from_micros(row.get("created_at")?)?.into()),
        updated_at: Some(from_micros(row.get("updated_at")?)?.into()),
        executions: row.get::<_, i64>("executions")?.unsigned_abs(),
        success_rate: (finished > 0).then(|| rate(completed, finished)),
        config: None,
        version: Some(row.get::<_, i64>("version")?.unsigned_abs()),
        definition_hash: None,
    };
    Ok(Stored {
        seq: row.get("seq")?,
        pipeline,
    })
}

/// Counts of runs are far below the 2^53 where a float starts to lose them.
#[allow(clippy::cast_precision_loss)]
fn rate(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}

/// Versions are counted up from 1.
fn as_i64(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}
