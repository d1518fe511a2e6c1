//! That a step has begun, and what was known of it by then: stored once, with the process that runs its command, or with its
//! end where none did.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use crate::cache::Key;
use crate::store::cache::{self as entries, Origin};
use crate::store::{StoreError, steps};

/// What a step that has to run knows from having been looked up.
#[derive(Clone, Default)]
pub(super) struct Miss {
    /// Where its result is to be kept; `None` where it is not.
    pub(super) key: Option<Key>,
    /// The entry that turned out to be of no use.
    pub(super) stale: Option<Origin>,
}

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
