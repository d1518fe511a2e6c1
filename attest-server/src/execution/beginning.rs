//! That a step has begun: stored once, with the process that runs its command, or with its end where none did.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::attempt::Miss;
use crate::store::cache as entries;
use crate::store::{StoreError, steps};

/// The begin of one step of one attempt. Clones share whether it is stored.
#[derive(Clone)]
pub(super) struct Beginning {
    execution: i64,
    position: usize,
    miss: Miss,
    at: DateTime<Utc>,
    stored: Arc<AtomicBool>,
}

impl Beginning {
    pub(super) fn new(execution: i64, position: usize, miss: Miss, at: DateTime<Utc>) -> Self {
        Self {
            execution,
            position,
            miss,
            at,
            stored: Arc::default(),
        }
    }

    /// Stores it, where that was not done before: the step runs, it was looked up in vain, and the entry that was of no use
    /// is gone. A transaction that is undone ends the attempt, so nothing is begun again.
    pub(super) fn store(&self, connection: &Connection) -> Result<(), StoreError> {
        if self.stored.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        if let Some(key) = &self.miss.key {
            entries::count(connection, 0, 1)?;
            if let Some(stale) = &self.miss.stale {
                entries::forget(connection, key.as_bytes(), stale)?;
            }
        }
        steps::start(connection, self.execution, self.position, self.at)
    }
}
