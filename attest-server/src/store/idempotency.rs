//! First answers of calls that carried an `Idempotency-Key`, kept for a day.
//!
//! Look-up, work and answer are one transaction, so a repeat finds either nothing or the whole answer, also after a
//! crash; two calls at once are put in order by the writer.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};

use super::time::to_micros;
use super::{StoreError, optional};

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// Which call it is: the key, whose, and what was asked.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) credential: String,
    pub(crate) key: String,
    /// BLAKE3 of method, path and body.
    pub(crate) fingerprint: [u8; 32],
}

/// The first answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// What is known of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Known {
    Nothing,
    Answered(Answer),
    /// The key was used for something else.
    OtherCall,
}

pub(crate) fn look_up(
    connection: &Connection,
    call: &Call,
    now: DateTime<Utc>,
) -> Result<Known, StoreError> {
    let row = optional(
        connection
            .prepare_cached(
                "SELECT fingerprint, status, location, body FROM idempotency
                 WHERE credential = ?1 AND key = ?2 AND created_at > ?3",
            )?
            .query_row(
                params![call.credential, call.key, to_micros(now - KEPT)],
                |row| {
                    let answer = Answer {
                        status: row.get(1)?,
                        location: row.get(2)?,
                        body: row.get(3)?,
                    };
                    Ok((row.get::<_, [u8; 32]>(0)?, answer))
                },
            ),
    )?;
    Ok(match row {
        None => Known::Nothing,
        Some((fingerprint, answer)) if fingerprint == call.fingerprint => Known::Answered(answer),
        Some(_) => Known::OtherCall,
    })
}

pub(crate) fn remember(
    connection: &Connection,
    call: &Call,
    answer: &Answer,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM idempotency WHERE created_at <= ?1")?
        .execute([to_micros(now - KEPT)])?;
    connection
        .prepare_cached(
            "INSERT INTO idempotency (credential, key, fingerprint, status, location, body, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            call.credential,
            call.key,
            call.fingerprint.as_slice(),
            answer.status,
            answer.location,
            answer.body,
            to_micros(now)
        ])?;
    Ok(())
}
