//! How many blobs there are, and what they weigh.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use attest_core::digest::Digest;

use super::{BlobError, BlobStore};

/// Blobs, by number and size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// How many.
    pub objects: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

/// A blob as the file system shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed {
    pub(crate) digest: Digest,
    /// Bytes.
    pub(crate) size: u64,
    /// When it was last marked as used.
    pub(crate) used: SystemTime,
}

impl BlobStore {
    /// How many blobs are stored. The first call walks the store; later ones know.
    ///
    /// # Errors
    /// [`BlobError::Io`] where a directory cannot be read.
    pub fn count(&self) -> Result<Count, BlobError> {
        let mut all = Count::default();
        for (index, directory) in self.shard_directories() {
            let mut shard = self.names(index)?;
            let count = match shard.count {
                Some(count) => count,
                None => {
                    let mut count = Count::default();
                    walk(&directory, &mut |blob| {
                        count.objects += 1;
                        count.bytes += blob.size;
                    })?;
                    *shard.count.insert(count)
                }
            };
            all.objects += count.objects;
            all.bytes += count.bytes;
        }
        Ok(all)
    }

    /// Shows every stored blob, in no order. What is stored or removed meanwhile may be shown or not.
    pub(crate) fn each(&self, mut show: impl FnMut(Listed)) -> Result<(), BlobError> {
        for (_, directory) in self.shard_directories() {
            walk(&directory, &mut show)?;
        }
        Ok(())
    }
}

/// Files under a shard's directory that are named as blobs are; others are nobody's and stay.
fn walk(shard: &Path, show: &mut impl FnMut(Listed)) -> Result<(), BlobError> {
    for inner in entries(shard)? {
        for file in entries(&inner.path())? {
            let name = file.file_name();
            let digest = name.to_str().and_then(|name| Digest::from_hex(name).ok());
            let (Some(digest), Ok(metadata)) = (digest, file.metadata()) else {
                continue;
            };
            if metadata.is_file() {
                show(Listed {
                    digest,
                    size: metadata.len(),
                    used: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
                });
            }
        }
    }
    Ok(())
}

/// Nothing, where there is no such directory (or it is a file).
fn entries(directory: &Path) -> Result<Vec<fs::DirEntry>, BlobError> {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    let failed = || BlobError::io("list", directory);
    match fs::read_dir(directory) {
        Ok(entries) => entries.collect::<Result<_, _>>().map_err(failed()),
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(failed()(error)),
    }
}
