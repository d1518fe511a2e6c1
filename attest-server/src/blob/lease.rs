//! When a blob was last used, and promising that it stays for a while.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use attest_core::digest::Digest;
use chrono::{DateTime, Utc};
use rustix::fs::{AtFlags, CWD, Timespec, Timestamps};

use super::shards::Shard;
use super::{BlobError, BlobStore};

/// How long a blob surely stays after it was stored, leased or used.
pub const LEASE: Duration = Duration::from_secs(60 * 60);
/// A blob that was used so lately is not marked again: a tree of thousands is leased often.
const REFRESH: Duration = Duration::from_secs(10 * 60);
/// How long ago a blob must be marked as used before it may go: the lease, and what its mark may lag behind.
pub const IDLE: Duration = LEASE.saturating_add(REFRESH);

impl BlobStore {
    /// The size in bytes of a stored blob, which from now on stays for at least [`LEASE`]; `None` where there is none.
    #[must_use]
    pub fn lease(&self, digest: &Digest) -> Option<u64> {
        self.refresh(digest).unwrap_or_else(|error| {
            tracing::error!(%error, "a blob cannot be leased and counts as missing");
            None
        })
    }

    /// As [`BlobStore::lease`], telling a blob that cannot be marked from one that is not there.
    pub(super) fn refresh(&self, digest: &Digest) -> Result<Option<u64>, BlobError> {
        let mut shard = self.names_like(digest)?;
        self.refresh_in(&mut shard, digest)
    }

    pub(super) fn refresh_in(
        &self,
        _held: &mut Shard,
        digest: &Digest,
    ) -> Result<Option<u64>, BlobError> {
        let path = self.path(digest);
        let Ok(metadata) = path.symlink_metadata() else {
            return Ok(None);
        };
        if !metadata.is_file() {
            return Ok(None);
        }
        let age = self.inner.host.now().timestamp() - metadata.mtime();
        // Below zero where the clock went back: the mark must not outlive that.
        if !(0..=seconds(REFRESH)).contains(&age) {
            self.set_used_now(&path)?;
        }
        Ok(Some(metadata.len()))
    }

    pub(super) fn set_used_now(&self, path: &Path) -> Result<(), BlobError> {
        let now = timespec(self.inner.host.now());
        let times = Timestamps {
            last_access: now,
            last_modification: now,
        };
        rustix::fs::utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(|errno| BlobError::io("mark the use of", path)(errno.into()))
    }
}

pub(super) fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

fn timespec(moment: DateTime<Utc>) -> Timespec {
    Timespec {
        tv_sec: moment.timestamp(),
        tv_nsec: moment.timestamp_subsec_nanos().min(999_999_999).into(),
    }
}
