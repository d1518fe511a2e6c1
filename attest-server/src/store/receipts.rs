//! Receipts: one per execution, never changed.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::time::to_micros;
use super::{StoreError, optional};

/// No step ran, so there is nothing to attest.
pub(crate) const NO_STEP_RAN: &str = "no_step_ran";

/// A receipt to store.
pub(crate) struct NewReceipt {
    /// `blake3:…` of its canonical bytes.
    pub(crate) hash: String,
    /// The signing key; `None` where the receipt is unsigned.
    pub(crate) key_id: Option<String>,
    /// Its JSON rendering, byte for byte as it is handed out.
    pub(crate) json: String,
}

/// What there is to say about an execution's receipt.
pub(crate) enum Lookup {
    NoExecution,
    Found {
        json: String,
        hash: String,
        key_id: Option<String>,
    },
    /// There is none, and this word says why.
    Absent(String),
}

pub(super) fn insert(
    connection: &Connection,
    execution: i64,
    receipt: &NewReceipt,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO receipts (execution, hash, key_id, receipt, created_at) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![execution, receipt.hash, receipt.key_id, receipt.json, to_micros(now)])?;
    Ok(())
}

pub(crate) fn of_execution(connection: &Connection, id: &str) -> Result<Lookup, StoreError> {
    let row = optional(
        connection
            .prepare_cached(
                "SELECT r.receipt, r.hash, r.key_id, e.receipt_absence FROM executions e
                 LEFT JOIN receipts r ON r.execution = e.seq WHERE e.id = ?1",
            )?
            .query_row([id], |row| {
                Ok(match row.get::<_, Option<String>>(0)? {
                    Some(json) => Lookup::Found {
                        json,
                        hash: row.get(1)?,
                        key_id: row.get(2)?,
                    },
                    None => {
                        let reason = row.get::<_, Option<String>>(3)?;
                        Lookup::Absent(reason.unwrap_or_else(|| "pending".to_owned()))
                    }
                })
            }),
    )?;
    Ok(row.unwrap_or(Lookup::NoExecution))
}
