//! Making room: blobs that nothing needs any more are removed, and the rows that only they gave a meaning.
//!
//! [`mark`] reads who holds what, [`policy`] decides, [`sweep`] removes. In use is what an execution that has not ended
//! needs, and what was stored, leased or reused within the last hour. Of the rest, cache entries and uploaded sources
//! count from their last use, and what ended executions ran on and left from their end; whoever is old enough lets go.
//! Receipts, logs and executions stay: only their files go.
//!
//! Rows go before files, and files only where nothing was promised since: a server that dies in between leaves blobs that
//! nobody holds, which the next collection removes, and never a row of a blob that was removed. What was found damaged
//! lies in quarantine, to be looked at, until a collection finds it as old as what else lets go. [`remove`] takes away one
//! blob by name.

mod mark;
mod policy;
mod remove;
mod sweep;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use attest_core::digest::Digest;
use attest_core::v1;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Semaphore;

use crate::blob::{BlobError, BlobStore, IDLE};
use crate::host::Host;
use crate::store::{self, Store, StoreError};
use policy::{Bounds, Contents as _, Decision, Holder, Root};
pub(crate) use remove::Removal;

/// Days without use after which something goes, unless the caller says otherwise.
const MAX_AGE_DAYS: u32 = 30;
/// Rows deleted in one transaction: others must get their turn.
const ROWS: usize = 1000;

/// Collects. Clones share it; one collection runs at a time.
#[derive(Clone)]
pub(crate) struct Collector {
    host: Host,
    store: Store,
    blobs: BlobStore,
    /// What `target_size_percent` is of, bytes.
    max_bytes: u64,
    turn: Arc<Semaphore>,
}

/// How much is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Aim {
    pub(crate) max_age_days: u32,
    /// Percent of the configured size that may stay; `None` where only the age counts.
    pub(crate) size_percent: Option<u8>,
}

/// Why a collection did not come to its end. Nothing is wrong then: a later one goes on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GcError {
    #[error("another collection is under way")]
    Busy,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// Collecting on would remove what it names.
    #[error("the blob {0} describes no tree this server can read: {1}")]
    Unreadable(Digest, serde_json::Error),
    #[error("a task was lost: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl From<&v1::GcRequest> for Aim {
    fn from(request: &v1::GcRequest) -> Self {
        Self {
            max_age_days: request.max_age_days.unwrap_or(MAX_AGE_DAYS),
            size_percent: request
                .aggressive
                .then(|| request.target_size_percent.unwrap_or(100)),
        }
    }
}

impl Collector {
    pub(crate) fn new(host: Host, store: Store, blobs: BlobStore, max_bytes: u64) -> Self {
        Self {
            host,
            store,
            blobs,
            max_bytes,
            turn: Arc::new(Semaphore::new(1)),
        }
    }

    /// Runs one collection.
    ///
    /// # Errors
    /// [`GcError::Busy`] while another runs.
    pub(crate) async fn collect(&self, aim: Aim) -> Result<v1::GcReport, GcError> {
        let _turn = self.turn.try_acquire().map_err(|_| GcError::Busy)?;
        let begun = Instant::now();
        // Taken before anything is looked at: what is promised from now on is younger.
        let now = self.host.now();
        let decision = self.decide(aim, now).await?;
        let live = self.let_go(decision).await?;
        let collector = self.clone();
        let swept = tokio::task::spawn_blocking(move || {
            let blobs = &collector.blobs;
            let swept = sweep::sweep(blobs, &live, before(now, IDLE))?;
            blobs.clear_quarantine(aim.unused_since(now))?;
            Ok::<_, BlobError>((swept, blobs.count()?))
        });
        let (swept, left) = swept.await??;
        Ok(v1::GcReport {
            deleted_objects: swept.objects,
            freed_bytes: swept.bytes,
            total_size_bytes: left.bytes,
            duration_seconds: seconds(begun.elapsed()),
        })
    }

    async fn decide(
        &self,
        aim: Aim,
        now: DateTime<Utc>,
    ) -> Result<Decision<store::gc::Row>, GcError> {
        let holders = self.store.read(mark::holders).await?;
        let bounds = Bounds {
            protected_since: before(now, IDLE),
            unused_since: aim.unused_since(now),
            budget: aim.size_percent.map(|percent| self.share(percent)),
        };
        let blobs = self.blobs.clone();
        let decided = tokio::task::spawn_blocking(move || {
            let recent = sweep::used_since(&blobs, before(now, IDLE))?;
            let in_use: Vec<Root> = holders.in_use.iter().map(|(_, root)| *root).collect();
            let contents = &mut mark::Stored(&blobs);
            policy::decide(&in_use, recent, holders.others, bounds, contents)
        });
        decided.await?
    }

    /// Deletes the rows of those who let go; what stays.
    async fn let_go(&self, decision: Decision<store::gc::Row>) -> Result<HashSet<Digest>, GcError> {
        let Decision { live, mut let_go } = decision;
        let_go.retain(|holder| holder.row.is_some());
        for holders in let_go.chunks(ROWS) {
            let rows: Vec<_> = holders.iter().filter_map(|h| h.row.clone()).collect();
            let deleted: Result<(), StoreError> = self
                .store
                .write(move |connection| store::gc::delete(connection, &rows))
                .await;
            match deleted {
                Ok(()) => {}
                // To make room is what this is for: what needs no row deleted can go. The rest waits for another time.
                Err(StoreError::Full) => return self.kept(live, let_go).await,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(live)
    }

    /// What stays where nobody of these lets go after all.
    async fn kept(
        &self,
        mut live: HashSet<Digest>,
        holders: Vec<Holder<store::gc::Row>>,
    ) -> Result<HashSet<Digest>, GcError> {
        let blobs = self.blobs.clone();
        let kept = tokio::task::spawn_blocking(move || {
            let contents = &mut mark::Stored(&blobs);
            for holder in holders {
                live.extend(contents.of(&holder.root)?);
            }
            Ok(live)
        });
        kept.await?
    }

    fn share(&self, percent: u8) -> u64 {
        let share = u128::from(self.max_bytes) * u128::from(percent) / 100;
        u64::try_from(share).unwrap_or(u64::MAX)
    }
}

impl Aim {
    fn unused_since(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let long_ago = now.checked_sub_signed(TimeDelta::days(self.max_age_days.into()));
        // Nothing is old enough to have been used longer ago than there were dates.
        long_ago
            .unwrap_or(DateTime::<Utc>::MIN_UTC)
            .min(before(now, IDLE))
    }
}

fn before(now: DateTime<Utc>, duration: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(duration)
        .ok()
        .and_then(|duration| now.checked_sub_signed(duration))
        .unwrap_or(now)
}

/// With at most three decimals.
#[allow(clippy::cast_precision_loss)] // milliseconds of any collection are far below 2^53
fn seconds(duration: Duration) -> f64 {
    duration.as_millis() as f64 / 1000.0
}
