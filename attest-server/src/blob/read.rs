//! Taking bytes out of the store, verified.

use std::fs::{self, File};
use std::io::{self, Read, Seek as _, Write};
use std::os::unix::fs::MetadataExt as _;
use std::sync::atomic::Ordering;

use attest_core::digest::Digest;

use super::shards::Shard;
use super::write::hash;
use super::{BUFFER, BlobError, BlobStore, QUARANTINE};

impl BlobStore {
    /// Whether a blob of this name is stored. Says nothing of its bytes: reading does.
    #[must_use]
    pub fn contains(&self, digest: &Digest) -> bool {
        self.size(digest).is_some()
    }

    /// The size of a stored blob in bytes, without reading it.
    #[must_use]
    pub fn size(&self, digest: &Digest) -> Option<u64> {
        fs::symlink_metadata(self.path(digest))
            .ok()
            .filter(fs::Metadata::is_file)
            .map(|metadata| metadata.len())
    }

    /// Reads a whole blob of at most `limit` bytes into memory.
    ///
    /// # Errors
    /// [`BlobError::Missing`], [`BlobError::Corrupt`], [`BlobError::TooLarge`] or [`BlobError::Io`].
    pub fn read(&self, digest: &Digest, limit: u64) -> Result<Vec<u8>, BlobError> {
        let size = self.size(digest).ok_or(BlobError::Missing(*digest))?;
        if size > limit {
            return Err(BlobError::TooLarge {
                digest: *digest,
                size,
                limit,
            });
        }
        let mut bytes = Vec::new();
        self.copy_to(digest, &mut bytes)?;
        Ok(bytes)
    }

    /// Opens a blob for reading after its bytes were checked; the handle stands at the start.
    ///
    /// # Errors
    /// [`BlobError::Missing`], [`BlobError::Corrupt`] or [`BlobError::Io`].
    pub fn open_verified(&self, digest: &Digest) -> Result<File, BlobError> {
        let mut file = self.open_unverified(digest)?;
        let path = self.path(digest);
        let (found, _) = hash(&file).map_err(BlobError::io("read", &path))?;
        if found != *digest {
            self.quarantine(digest, &file)?;
            return Err(BlobError::Corrupt(*digest));
        }
        file.rewind().map_err(BlobError::io("read", &path))?;
        Ok(file)
    }

    /// Writes a blob to `dest`, checking it on the way; returns its size in bytes.
    ///
    /// On [`BlobError::Corrupt`] wrong bytes have been written: throw `dest` away.
    ///
    /// # Errors
    /// [`BlobError::Missing`], [`BlobError::Corrupt`] or [`BlobError::Io`].
    pub fn copy_to(&self, digest: &Digest, dest: &mut impl Write) -> Result<u64, BlobError> {
        let mut file = self.open_unverified(digest)?;
        let path = self.path(digest);
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; BUFFER];
        let mut size = 0_u64;
        loop {
            let read = match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(BlobError::io("read", &path)(error)),
            };
            let bytes = buffer.get(..read).unwrap_or_default();
            hasher.update(bytes);
            dest.write_all(bytes)
                .map_err(BlobError::io("write a copy of", &path))?;
            size += bytes.len() as u64;
        }
        if Digest::from(hasher.finalize()) != *digest {
            self.quarantine(digest, &file)?;
            return Err(BlobError::Corrupt(*digest));
        }
        Ok(size)
    }

    /// Fills the empty file `dest` with a blob, sharing the disk's blocks where the file system can (never the inode: a
    /// step may write to its copy).
    ///
    /// # Errors
    /// As [`BlobStore::copy_to`].
    pub fn restore(&self, digest: &Digest, mut dest: &File) -> Result<(), BlobError> {
        if !self.inner.no_reflink.load(Ordering::Relaxed) {
            let source = self.open_verified(digest)?;
            if rustix::fs::ioctl_ficlone(dest, &source).is_ok() {
                return Ok(());
            }
            self.inner.no_reflink.store(true, Ordering::Relaxed);
        }
        self.copy_to(digest, &mut dest)?;
        Ok(())
    }

    fn open_unverified(&self, digest: &Digest) -> Result<File, BlobError> {
        let path = self.path(digest);
        File::open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => BlobError::Missing(*digest),
            _ => BlobError::io("open", &path)(error),
        })
    }

    /// Moves the damaged blob that was read from `read` aside, so that it is missing from now on and can be looked at. What
    /// was stored in its place meanwhile is another file, of which nothing bad is known, and stays.
    fn quarantine(&self, digest: &Digest, read: &File) -> Result<(), BlobError> {
        let mut shard = self.names_like(digest)?;
        let path = self.path(digest);
        // As long as it is open, no other file has its number.
        let read = read.metadata().map_err(BlobError::io("look at", &path))?;
        match path.symlink_metadata() {
            Ok(named) if (named.dev(), named.ino()) != (read.dev(), read.ino()) => Ok(()),
            _ => self.quarantine_in(&mut shard, digest),
        }
    }

    pub(super) fn quarantine_in(
        &self,
        shard: &mut Shard,
        digest: &Digest,
    ) -> Result<(), BlobError> {
        let number = self.inner.counter.fetch_add(1, Ordering::Relaxed);
        let aside = self
            .inner
            .root
            .join(QUARANTINE)
            .join(format!("{}.{number}", digest.hex()));
        let path = self.path(digest);
        match fs::rename(&path, &aside) {
            // Another reader was first.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(BlobError::io("move aside the damaged blob", &path)(error)),
            Ok(()) => {
                // It may have had another size when it was counted.
                shard.count = None;
                // From now on its time says since when it lies there.
                self.set_used_now(&aside)
            }
        }
    }
}
