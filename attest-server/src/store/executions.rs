//! Executions: acceptance, claim, end, and how they are shown.

use attest_core::v1;
use chrono::{DateTime, Utc};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params};

use super::page::{Column, Page, SortValue, where_clause};
use super::time::{from_micros, from_micros_opt, to_micros};
use super::{StoreError, optional, receipts, steps};

/// What executions can be sorted by; the first is the default.
pub(crate) const SORTS: &[Column] = &[Column {
    field: "created_at",
    sql: "created_at",
}];

const SHOWN: &str = "SELECT e.seq, e.id, (SELECT p.id FROM pipelines p WHERE p.seq = e.pipeline) AS pipeline_id,
    e.version, e.status, e.environment, e.created_at, e.started_at, e.completed_at, e.exit_code, e.pipeline_hash,
    e.failure, e.receipt_hash FROM executions e";

/// An execution to accept.
pub(crate) struct NewExecution {
    pub(crate) id: String,
    /// The pipeline's row.
    pub(crate) pipeline: i64,
    pub(crate) version: u64,
    pub(crate) environment: Option<String>,
    pub(crate) pipeline_hash: String,
    pub(crate) pipeline_text: String,
    pub(crate) plan: String,
    /// In the order of the definition.
    pub(crate) steps: Vec<String>,
    /// Whether it starts at once.
    pub(crate) claimed: bool,
}

/// An execution that is now this process's to run.
#[derive(Debug, Clone)]
pub(crate) struct Claimed {
    pub(crate) seq: i64,
    pub(crate) id: String,
    pub(crate) plan: String,
    pub(crate) started_at: DateTime<Utc>,
}

/// How an execution ended.
pub(crate) struct End {
    pub(crate) status: v1::ExecutionStatus,
    pub(crate) exit_code: Option<i32>,
    pub(crate) failure: Option<v1::Failure>,
    /// The receipt, or the word that says why there is none.
    pub(crate) receipt: Result<receipts::NewReceipt, &'static str>,
}

/// What asking for the end of an execution did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cancel {
    Unknown,
    /// It had ended before.
    Still,
    /// It had not begun, and never will.
    Ended {
        seq: i64,
    },
    /// Its steps have to be ended.
    Running {
        seq: i64,
    },
}

/// An execution that an earlier process left running.
pub(crate) struct Unfinished {
    pub(crate) seq: i64,
    pub(crate) id: String,
    pub(crate) attempts: u32,
    pub(crate) cancelling: bool,
    pub(crate) plan: String,
    pub(crate) started_at: DateTime<Utc>,
}

/// Which executions a list selects.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) pipeline_id: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) created_after: Option<DateTime<Utc>>,
}

/// Accepts an execution and its steps; answers its row's number.
pub(crate) fn insert(
    connection: &Connection,
    new: &NewExecution,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let (status, started, attempts) = if new.claimed {
        ("running", Some(to_micros(now)), 1)
    } else {
        ("queued", None, 0)
    };
    connection
        .prepare_cached(
            "INSERT INTO executions (id, pipeline, version, status, environment, created_at, started_at, attempts,
             pipeline_hash, pipeline_text, plan) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            new.id,
            new.pipeline,
            i64::try_from(new.version).unwrap_or(i64::MAX),
            status,
            new.environment,
            to_micros(now),
            started,
            attempts,
            new.pipeline_hash,
            new.pipeline_text,
            new.plan
        ])?;
    let seq = connection.last_insert_rowid();
    steps::insert(connection, seq, &new.steps)?;
    connection
        .prepare_cached("UPDATE pipelines SET executions = executions + 1 WHERE seq = ?1")?
        .execute([new.pipeline])?;
    Ok(seq)
}

/// Takes the oldest queued execution, if any.
pub(crate) fn claim_next(
    connection: &Connection,
    now: DateTime<Utc>,
) -> Result<Option<Claimed>, StoreError> {
    let row = optional(
        connection
            .prepare_cached(
                "UPDATE executions SET status = 'running', attempts = attempts + 1,
                     started_at = coalesce(started_at, ?1)
                 WHERE seq = (SELECT min(seq) FROM executions WHERE status = 'queued')
                 RETURNING seq, id, plan, started_at",
            )?
            .query_row([to_micros(now)], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, i64>(3)?))
            }),
    )?;
    row.map(|(seq, id, plan, started)| {
        Ok(Claimed {
            seq,
            id,
            plan,
            started_at: from_micros(started)?,
        })
    })
    .transpose()
}

/// Ends an execution that has not ended: status, receipt and the pipeline's counters. False where it had ended.
pub(crate) fn finish(
    connection: &Connection,
    seq: i64,
    end: &End,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let (hash, absence) = match &end.receipt {
        Ok(receipt) => (Some(receipt.hash.as_str()), None),
        Err(reason) => (None, Some(*reason)),
    };
    let failure = end
        .failure
        .as_ref()
        .map(serde_json::to_string)
        .transpose()
        .map_err(|error| StoreError::decode("failure", error))?;
    let changed = connection
        .prepare_cached(
            "UPDATE executions SET status = ?2, exit_code = ?3, completed_at = ?4, failure = ?5, receipt_hash = ?6,
             receipt_absence = ?7 WHERE seq = ?1 AND status IN ('queued', 'running')",
        )?
        .execute(params![seq, end.status.as_str(), end.exit_code, to_micros(now), failure, hash, absence])?;
    if changed == 0 {
        return Ok(false);
    }
    if let Ok(receipt) = &end.receipt {
        receipts::insert(connection, seq, receipt, now)?;
    }
    connection
        .prepare_cached(
            "UPDATE pipelines SET completed = completed + (?2 = 'completed'), failed = failed + (?2 = 'failed')
             WHERE seq = (SELECT pipeline FROM executions WHERE seq = ?1)",
        )?
        .execute(params![seq, end.status.as_str()])?;
    Ok(true)
}

/// A queued execution ends here and now; a running one is marked, so that a restart does not forget.
pub(crate) fn cancel(
    connection: &Connection,
    id: &str,
    now: DateTime<Utc>,
) -> Result<Cancel, StoreError> {
    let row: Option<(i64, String)> = optional(
        connection
            .prepare_cached("SELECT seq, status FROM executions WHERE id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?))),
    )?;
    let Some((seq, status)) = row else {
        return Ok(Cancel::Unknown);
    };
    match status.as_str() {
        "running" => {
            connection
                .prepare_cached("UPDATE executions SET cancelling = 1 WHERE seq = ?1")?
                .execute([seq])?;
            Ok(Cancel::Running { seq })
        }
        "queued" => {
            steps::end_unfinished(connection, seq, &v1::StepStatus::Cancelled, now)?;
            finish(connection, seq, &End::cancelled_before_start(), now)?;
            Ok(Cancel::Ended { seq })
        }
        _ => Ok(Cancel::Still),
    }
}

impl End {
    fn cancelled_before_start() -> Self {
        Self {
            status: v1::ExecutionStatus::Cancelled,
            exit_code: None,
            failure: None,
            receipt: Err(receipts::NO_STEP_RAN),
        }
    }
}

/// What an earlier process left running, oldest first.
pub(crate) fn left_running(connection: &Connection) -> Result<Vec<Unfinished>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT seq, id, attempts, cancelling, plan, started_at FROM executions WHERE status = 'running' ORDER BY seq",
    )?;
    let mut rows = statement.query([])?;
    let mut left = Vec::new();
    while let Some(row) = rows.next()? {
        left.push(Unfinished {
            seq: row.get(0)?,
            id: row.get(1)?,
            attempts: row.get(2)?,
            cancelling: row.get(3)?,
            plan: row.get(4)?,
            started_at: from_micros(row.get(5)?)?,
        });
    }
    Ok(left)
}

/// Whether somebody has asked for its end.
pub(crate) fn is_cancelling(connection: &Connection, seq: i64) -> Result<bool, StoreError> {
    let asked = optional(
        connection
            .prepare_cached("SELECT cancelling FROM executions WHERE seq = ?1")?
            .query_row([seq], |row| row.get(0)),
    )?;
    Ok(asked.unwrap_or(false))
}

/// Puts an execution back in the queue, for another attempt.
pub(crate) fn requeue(connection: &Connection, seq: i64) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE executions SET status = 'queued' WHERE seq = ?1 AND status = 'running'",
        [seq],
    )?;
    Ok(())
}

/// An execution as clients see it, and its row's number.
pub(crate) fn get(
    connection: &Connection,
    id: &str,
) -> Result<Option<(i64, v1::Execution)>, StoreError> {
    let row = optional(
        connection
            .prepare_cached(&format!("{SHOWN} WHERE e.id = ?1"))?
            .query_row([id], |row| Ok(read(row))),
    )?;
    let Some((seq, mut execution)) = row.transpose()? else {
        return Ok(None);
    };
    execution.steps = steps::shown(connection, seq)?;
    Ok(Some((seq, execution)))
}

/// The exact text behind `pipeline_hash`.
pub(crate) fn pipeline_text(
    connection: &Connection,
    id: &str,
) -> Result<Option<String>, StoreError> {
    optional(
        connection
            .prepare_cached("SELECT pipeline_text FROM executions WHERE id = ?1")?
            .query_row([id], |row| row.get(0)),
    )
}

/// The row's number.
pub(crate) fn seq(connection: &Connection, id: &str) -> Result<Option<i64>, StoreError> {
    optional(
        connection
            .prepare_cached("SELECT seq FROM executions WHERE id = ?1")?
            .query_row([id], |row| row.get(0)),
    )
}

pub(crate) fn list(
    connection: &Connection,
    filter: &Filter,
    page: &Page,
) -> Result<v1::ExecutionList, StoreError> {
    let mut conditions = Vec::new();
    let mut values = Vec::new();
    if let Some(id) = &filter.pipeline_id {
        values.push(Value::Text(id.clone()));
        conditions.push(format!(
            "pipeline = (SELECT seq FROM pipelines WHERE id = ?{})",
            values.len()
        ));
    }
    for (column, value) in [
        ("status", &filter.status),
        ("environment", &filter.environment),
    ] {
        if let Some(value) = value {
            values.push(Value::Text(value.clone()));
            conditions.push(format!("{column} = ?{}", values.len()));
        }
    }
    if let Some(moment) = filter.created_after {
        values.push(Value::Integer(to_micros(moment)));
        conditions.push(format!("created_at > ?{}", values.len()));
    }
    let count = format!(
        "SELECT count(*) FROM executions{}",
        where_clause(&conditions)
    );
    let total: i64 = connection
        .prepare_cached(&count)?
        .query_row(rusqlite::params_from_iter(&values), |row| row.get(0))?;
    let tail = page.tail(conditions, &mut values);
    let mut statement = connection.prepare_cached(&format!("{SHOWN}{tail}"))?;
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
    let next_cursor = found.last().filter(|_| has_more).map(|(seq, last)| {
        let created = last.created_at.map_or(0, |time| to_micros(time.0));
        page.cursor(SortValue::Integer(created), *seq).encode()
    });
    let executions = found
        .into_iter()
        .map(|(seq, mut execution)| {
            execution.steps = steps::shown(connection, seq)?;
            Ok(execution)
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(v1::ExecutionList {
        executions,
        total: total.unsigned_abs(),
        has_more,
        next_cursor,
    })
}

fn read(row: &Row<'_>) -> Result<(i64, v1::Execution), StoreError> {
    let started = from_micros_opt(row.get("started_at")?)?;
    let completed = from_micros_opt(row.get("completed_at")?)?;
    let failure = row
        .get::<_, Option<String>>("failure")?
        .map(|text| {
            serde_json::from_str(&text).map_err(|error| StoreError::decode("failure", error))
        })
        .transpose()?;
    let execution = v1::Execution {
        id: row.get("id")?,
        pipeline_id: row.get("pipeline_id")?,
        status: row.get::<_, String>("status")?.as_str().into(),
        exit_code: row.get("exit_code")?,
        started_at: started.map(Into::into),
        completed_at: completed.map(Into::into),
        duration_seconds: started
            .zip(completed)
            .map(|(from, to)| steps::seconds((to - from).num_milliseconds())),
        steps: Vec::new(),
        environment: row.get("environment")?,
        created_at: Some(from_micros(row.get("created_at")?)?.into()),
        pipeline_version: Some(row.get::<_, i64>("version")?.unsigned_abs()),
        pipeline_hash: Some(row.get("pipeline_hash")?),
        receipt_hash: row.get("receipt_hash")?,
        failure,
    };
    Ok((row.get("seq")?, execution))
}
