//! Log lines, in compressed batches. A line is shown only once its batch is committed.

use std::io::Read as _;

use attest_core::v1;
use chrono::{DateTime, Utc};
use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::time::{from_micros, to_micros};
use super::{StoreError, optional};

/// Compression level: speed matters, the text is repetitive anyway.
const ZSTD_LEVEL: i32 = 1;
/// Text of one answer, bytes, about: with lines of 16 KiB, ten thousand of them would be 160 MiB.
const ANSWER: usize = 4 << 20;
/// A stored batch is never larger than this when unpacked; more is damage.
const UNPACKED: u64 = 64 << 20;

/// The stream that a line was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

/// A line to store.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) stream: Stream,
    pub(crate) at: DateTime<Utc>,
    pub(crate) text: String,
}

/// Lines of one step that follow each other.
#[derive(Debug, Clone)]
pub(crate) struct Chunk {
    /// The sequence number of the first line; the others count up from it.
    pub(crate) first_seq: u64,
    /// The step's position.
    pub(crate) step: usize,
    pub(crate) lines: Vec<Line>,
}

/// Sequence numbers of lines, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) first: u64,
    pub(crate) last: u64,
}

/// What a step wrote, from its start.
#[derive(Debug, Clone, Default)]
pub(crate) struct Written {
    pub(crate) lines: Vec<Line>,
    /// Whether more follows.
    pub(crate) cut: bool,
}

/// Which lines are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    pub(crate) step: Option<usize>,
    pub(crate) stream: Option<Stream>,
    /// Lines after this sequence number, oldest first; else the last lines.
    pub(crate) after: Option<u64>,
    /// Lines at most.
    pub(crate) limit: usize,
}

pub(crate) fn append(
    connection: &Connection,
    execution: i64,
    chunk: &Chunk,
) -> Result<(), StoreError> {
    let packed: Vec<(i64, u8, &str)> = chunk
        .lines
        .iter()
        .map(|line| {
            (
                to_micros(line.at),
                u8::from(line.stream == Stream::Stderr),
                line.text.as_str(),
            )
        })
        .collect();
    let json =
        serde_json::to_vec(&packed).map_err(|error| StoreError::decode("log batch", error))?;
    let packed = zstd::bulk::compress(&json, ZSTD_LEVEL)
        .map_err(|error| StoreError::decode("log batch", error))?;
    let count = chunk.lines.len();
    let errors = chunk
        .lines
        .iter()
        .filter(|line| line.stream == Stream::Stderr)
        .count();
    let first = as_i64(chunk.first_seq);
    connection
        .prepare_cached(
            "INSERT INTO log_chunks (execution, first_seq, last_seq, step, stdout_lines, stderr_lines, lines)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            execution,
            first,
            first + usize_i64(count) - 1,
            usize_i64(chunk.step),
            usize_i64(count - errors),
            usize_i64(errors),
            packed
        ])?;
    Ok(())
}

/// The number that the next line gets: numbers start at 1 and go on after a restart.
pub(crate) fn next_seq(connection: &Connection, execution: i64) -> Result<u64, StoreError> {
    Ok(last_seq(connection, execution)? + 1)
}

/// The number of the last line; 0 where there is none.
pub(crate) fn last_seq(connection: &Connection, execution: i64) -> Result<u64, StoreError> {
    // Batches do not overlap, so the one that begins last ends last.
    let last: Option<i64> = optional(
        connection
            .prepare_cached(
                "SELECT last_seq FROM log_chunks WHERE execution = ?1 ORDER BY first_seq DESC LIMIT 1",
            )?
            .query_row([execution], |row| row.get(0)),
    )?;
    Ok(last.unwrap_or(0).unsigned_abs())
}

/// The lines of a step within `span`, as far as their text has at most `limit` bytes; `None` where some of them are gone.
pub(crate) fn written(
    connection: &Connection,
    execution: i64,
    step: usize,
    span: Span,
    limit: usize,
) -> Result<Option<Written>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT first_seq, last_seq, lines FROM log_chunks
         WHERE execution = ?1 AND first_seq BETWEEN ?2 AND ?3 AND step = ?4 ORDER BY first_seq",
    )?;
    let (first, last) = (as_i64(span.first), as_i64(span.last));
    let mut rows = statement.query(params![execution, first, last, usize_i64(step)])?;
    let mut ends = None;
    let mut room = limit;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let (from, to): (i64, i64) = (row.get(0)?, row.get(1)?);
        if ends.is_none() && from != first {
            return Ok(None);
        }
        ends = Some(to);
        let Ok(batch) = decode(row.get_ref(2)?.as_blob().unwrap_or_default()) else {
            return Ok(None);
        };
        for (at, stream, text) in batch {
            let Some(left) = room.checked_sub(text.len() + 1) else {
                return Ok(Some(Written { lines, cut: true }));
            };
            room = left;
            lines.push(Line {
                stream: Stream::packed(stream),
                at: from_micros(at)?,
                text,
            });
        }
    }
    Ok((ends == Some(last)).then_some(Written { lines, cut: false }))
}

/// `names` are the steps' names by position.
pub(crate) fn page(
    connection: &Connection,
    execution: i64,
    names: &[String],
    query: &Query,
) -> Result<v1::LogPage, StoreError> {
    let mut conditions = vec!["execution = ?1".to_owned()];
    let mut values = vec![Value::Integer(execution)];
    if let Some(step) = query.step {
        values.push(Value::Integer(usize_i64(step)));
        conditions.push(format!("step = ?{}", values.len()));
    }
    let counted = match query.stream {
        None => "stdout_lines + stderr_lines",
        Some(Stream::Stdout) => "stdout_lines",
        Some(Stream::Stderr) => "stderr_lines",
    };
    conditions.push(format!("{counted} > 0"));
    let total: i64 = connection
        .prepare_cached(&format!(
            "SELECT coalesce(sum({counted}), 0) FROM log_chunks WHERE {}",
            conditions.join(" AND ")
        ))?
        .query_row(rusqlite::params_from_iter(&values), |row| row.get(0))?;

    if let Some(after) = query.after {
        values.push(Value::Integer(as_i64(after)));
        conditions.push(format!("last_seq > ?{}", values.len()));
    }
    let direction = if query.after.is_some() { "ASC" } else { "DESC" };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT first_seq, step, lines FROM log_chunks WHERE {} ORDER BY first_seq {direction}",
        conditions.join(" AND ")
    ))?;
    let mut rows = statement.query(rusqlite::params_from_iter(&values))?;
    let mut logs = Vec::new();
    let mut room = ANSWER;
    let mut has_more = false;
    'chunks: while let Some(row) = rows.next()? {
        let mut entries = unpack(
            row.get(0)?,
            row.get(1)?,
            row.get_ref(2)?.as_blob().unwrap_or_default(),
            names,
        )?;
        entries.retain(|entry| {
            query.after.is_none_or(|after| entry.seq > after)
                && query
                    .stream
                    .is_none_or(|stream| entry.stream == Some(stream.wire()))
        });
        if query.after.is_none() {
            entries.reverse();
        }
        for entry in entries {
            // One line is always given: a walk by `after` must get on.
            if logs.len() >= query.limit || (room < entry.message.len() && !logs.is_empty()) {
                has_more = true;
                break 'chunks;
            }
            room = room.saturating_sub(entry.message.len());
            logs.push(entry);
        }
    }
    if query.after.is_none() {
        logs.reverse();
    }
    Ok(v1::LogPage {
        logs,
        total_lines: total.unsigned_abs(),
        has_more,
    })
}

impl Stream {
    const fn packed(number: u8) -> Self {
        match number {
            0 => Self::Stdout,
            _ => Self::Stderr,
        }
    }

    fn wire(self) -> v1::LogStream {
        match self {
            Self::Stdout => v1::LogStream::Stdout,
            Self::Stderr => v1::LogStream::Stderr,
        }
    }
}

fn unpack(
    first: i64,
    step: i64,
    packed: &[u8],
    names: &[String],
) -> Result<Vec<v1::LogEntry>, StoreError> {
    let lines = decode(packed)?;
    let name = usize::try_from(step)
        .ok()
        .and_then(|index| names.get(index))
        .cloned()
        .unwrap_or_default();
    lines
        .into_iter()
        .zip(first.unsigned_abs()..)
        .map(|((at, stream, message), seq)| {
            let stream = Stream::packed(stream);
            let level = match stream {
                Stream::Stdout => v1::LogLevel::Info,
                Stream::Stderr => v1::LogLevel::Error,
            };
            Ok(v1::LogEntry {
                timestamp: from_micros(at)?.into(),
                step: name.clone(),
                level,
                message,
                seq,
                stream: Some(stream.wire()),
            })
        })
        .collect()
}

/// The lines of a batch: when, on which stream, and the text.
fn decode(packed: &[u8]) -> Result<Vec<(i64, u8, String)>, StoreError> {
    let damaged = |error: std::io::Error| StoreError::decode("log batch", error);
    let mut json = Vec::new();
    zstd::stream::Decoder::new(packed)
        .map_err(damaged)?
        .take(UNPACKED)
        .read_to_end(&mut json)
        .map_err(damaged)?;
    serde_json::from_slice(&json).map_err(|error| StoreError::decode("log batch", error))
}

fn as_i64(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn usize_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
