//! Removing what nobody holds.

use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

use attest_core::digest::Digest;
use chrono::{DateTime, Utc};

use crate::blob::{BlobError, BlobStore};

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Swept {
    pub(super) objects: u64,
    /// Bytes.
    pub(super) bytes: u64,
}

/// Blobs that were used since, by their size in bytes.
pub(super) fn used_since(
    blobs: &BlobStore,
    since: DateTime<Utc>,
) -> Result<HashMap<Digest, u64>, BlobError> {
    let since = SystemTime::from(since);
    let mut found = HashMap::new();
    blobs.each(|blob| {
        if blob.used >= since {
            found.insert(blob.digest, blob.size);
        }
    })?;
    Ok(found)
}

/// Removes every blob that is not `live` and was not used since `idle_since`.
pub(super) fn sweep(
    blobs: &BlobStore,
    live: &HashSet<Digest>,
    idle_since: DateTime<Utc>,
) -> Result<Swept, BlobError> {
    let mut swept = Swept::default();
    let mut failed = None;
    blobs.each(|blob| {
        if live.contains(&blob.digest) || failed.is_some() {
            return;
        }
        // Looked at again under the lock: it may just have been promised to somebody.
        match blobs.remove_if_idle(&blob.digest, idle_since) {
            Ok(None) => {}
            Ok(Some(size)) => {
                swept.objects += 1;
                swept.bytes += size;
            }
            Err(error) => failed = Some(error),
        }
    })?;
    failed.map_or(Ok(swept), Err)
}
