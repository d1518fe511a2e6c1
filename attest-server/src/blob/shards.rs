//! Who may give, refresh or take away a blob's name: one at a time per shard of the store.
//!
//! Names change only under the lock of their shard, and the counts with them, so that a blob that was just said to be
//! there cannot be removed by someone who looked at it before, and the counts stay exact. Content is read and written
//! without a lock.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use attest_core::digest::Digest;

use super::count::Count;
use super::{BlobError, BlobStore};

/// One per directory of the first level.
const SHARDS: usize = 256;

/// The locks, and what is counted under them.
#[derive(Debug)]
pub(super) struct Shards(Vec<Mutex<Shard>>);

/// What is known of the blobs whose names begin with the same byte.
#[derive(Debug, Default)]
pub(super) struct Shard {
    /// `None` until somebody asks.
    pub(super) count: Option<Count>,
}

impl Shards {
    pub(super) fn new() -> Self {
        Self((0..SHARDS).map(|_| Mutex::default()).collect())
    }
}

impl Shard {
    pub(super) fn added(&mut self, size: u64) {
        if let Some(count) = &mut self.count {
            count.objects += 1;
            count.bytes += size;
        }
    }

    pub(super) fn removed(&mut self, size: u64) {
        if let Some(count) = &mut self.count {
            count.objects = count.objects.saturating_sub(1);
            count.bytes = count.bytes.saturating_sub(size);
        }
    }
}

impl BlobStore {
    /// The lock on the names of this blob's shard.
    pub(super) fn names_like(&self, digest: &Digest) -> Result<MutexGuard<'_, Shard>, BlobError> {
        let [first, ..] = digest.as_bytes();
        self.names(usize::from(*first))
    }

    /// The lock on the names of one shard.
    pub(super) fn names(&self, index: usize) -> Result<MutexGuard<'_, Shard>, BlobError> {
        let shards = &self.inner.shards.0;
        let shard = shards.get(index).ok_or_else(|| {
            let none = std::io::Error::other("there is no such shard");
            BlobError::io("use the names in", &self.inner.root)(none)
        })?;
        Ok(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Every shard's number and directory (which need not exist).
    pub(super) fn shard_directories(&self) -> impl Iterator<Item = (usize, PathBuf)> + use<'_> {
        let root: &Path = &self.inner.root;
        (0..SHARDS).map(move |index| (index, root.join(format!("{index:02x}"))))
    }
}
