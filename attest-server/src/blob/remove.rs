//! Taking blobs away.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

use attest_core::digest::Digest;
use chrono::{DateTime, Utc};

use super::shards::Shard;
use super::{BlobError, BlobStore, QUARANTINE};

impl BlobStore {
    /// Removes a blob that was last marked as used before `before`; its size in bytes, or `None` where it is not there
    /// or was used since.
    ///
    /// # Errors
    /// [`BlobError::Io`] where the system refuses.
    pub fn remove_if_idle(
        &self,
        digest: &Digest,
        before: DateTime<Utc>,
    ) -> Result<Option<u64>, BlobError> {
        let mut shard = self.names_like(digest)?;
        match self.path(digest).symlink_metadata() {
            Ok(metadata) if is_before(&metadata, before) => self.remove_in(&mut shard, digest),
            _ => Ok(None),
        }
    }

    /// Removes a blob, however lately it was used; its size in bytes, or `None` where it is not there.
    ///
    /// # Errors
    /// [`BlobError::Io`] where the system refuses.
    pub fn remove(&self, digest: &Digest) -> Result<Option<u64>, BlobError> {
        let mut shard = self.names_like(digest)?;
        self.remove_in(&mut shard, digest)
    }

    fn remove_in(&self, shard: &mut Shard, digest: &Digest) -> Result<Option<u64>, BlobError> {
        let Some(size) = self.size(digest) else {
            return Ok(None);
        };
        let path = self.path(digest);
        fs::remove_file(&path).map_err(BlobError::io("remove", &path))?;
        shard.removed(size);
        Ok(Some(size))
    }

    /// Whether a damaged blob of this digest lies in quarantine.
    #[must_use]
    pub fn is_quarantined(&self, digest: &Digest) -> bool {
        let prefix = format!("{}.", digest.hex());
        self.quarantined().is_ok_and(|found| {
            found.iter().any(|path| {
                let name = path.file_name().and_then(|name| name.to_str());
                name.is_some_and(|name| name.starts_with(&prefix))
            })
        })
    }

    /// Removes what has been in quarantine since before `before`; how many bytes that freed.
    ///
    /// # Errors
    /// [`BlobError::Io`] where the system refuses.
    pub fn clear_quarantine(&self, before: DateTime<Utc>) -> Result<u64, BlobError> {
        let mut freed = 0;
        for path in self.quarantined()? {
            let Ok(metadata) = path.symlink_metadata() else {
                continue;
            };
            if is_before(&metadata, before) {
                // Something put it in a blob's place.
                let removed = if metadata.is_dir() {
                    fs::remove_dir_all(&path)
                } else {
                    fs::remove_file(&path)
                };
                removed.map_err(BlobError::io("remove", &path))?;
                freed += metadata.len();
            }
        }
        Ok(freed)
    }

    fn quarantined(&self) -> Result<Vec<PathBuf>, BlobError> {
        let directory = self.inner.root.join(QUARANTINE);
        let listed = fs::read_dir(&directory).and_then(|entries| {
            entries
                .map(|entry| Ok(entry?.path()))
                .collect::<io::Result<_>>()
        });
        listed.map_err(BlobError::io("list", &directory))
    }
}

/// Compared as the system's own times: a file's may lie beyond the years that dates can hold.
fn is_before(metadata: &fs::Metadata, before: DateTime<Utc>) -> bool {
    metadata
        .modified()
        .is_ok_and(|used| used < SystemTime::from(before))
}
