//! What can go wrong with a blob.

use std::io;
use std::path::{Path, PathBuf};

use attest_core::digest::Digest;

/// Why a blob could not be stored or handed out.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// No blob of this digest is stored.
    #[error("no blob {0} is stored")]
    Missing(Digest),
    /// The stored bytes are not those the digest names; they were moved to the store's `quarantine` directory.
    #[error(
        "blob {0} is damaged on disk and was moved to the quarantine directory; run again to store it anew"
    )]
    Corrupt(Digest),
    /// The blob is larger than the caller takes.
    #[error("blob {digest} has {size} bytes, more than the {limit} asked for at most")]
    TooLarge {
        /// Which blob.
        digest: Digest,
        /// Its size in bytes.
        size: u64,
        /// The most that was asked for, in bytes.
        limit: u64,
    },
    /// The content is not what the caller said it would be; nothing was stored.
    #[error("what was given as blob {expected} hashes to {found}")]
    Unexpected {
        /// The digest that was promised.
        expected: Digest,
        /// The digest of what came.
        found: Digest,
    },
    /// What was to be stored could not be read; nothing was stored.
    #[error("cannot read what is to be stored: {0}")]
    Source(io::Error),
    /// The system refused a read or a write.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb phrase.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl BlobError {
    /// Whether the cause is a full disk (or quota), which the caller may wait out.
    #[must_use]
    pub fn is_storage_full(&self) -> bool {
        matches!(self, Self::Io { source, .. }
            if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
    }

    pub(crate) fn io<'a>(
        action: &'static str,
        path: &'a Path,
    ) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| Self::Io {
            action,
            path: path.to_path_buf(),
            source,
        }
    }
}
