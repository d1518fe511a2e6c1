//! Taking bytes out of the store, verified.

use std::fs::{self, File};
use std::io::{self, Read, Seek as _, Write};
use std::os::unix::fs::MetadataExt as _;
use std::sync::atomic::Ordering;

use attest_core::digest::Digest;
use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;

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
        let (found, _) = hash(&file).map_err(|error| self.unread(digest, &file, error))?;
        self.judge(digest, found, &file)?;
        file.rewind()
            .map_err(BlobError::io("read", &self.path(digest)))?;
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
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; BUFFER];
        let mut size = 0_u64;
        loop {
            let read = match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.unread(digest, &file, error)),
            };
            let bytes = buffer.get(..read).unwrap_or_default();
            hasher.update(bytes);
            dest.write_all(bytes)
                .map_err(BlobError::io("write a copy of", &self.path(digest)))?;
            size += bytes.len() as u64;
        }
        self.judge(digest, hasher.finalize().into(), &file)?;
        Ok(size)
    }

    /// Fills the empty file `dest` (open for reading too) with a blob, sharing the disk's blocks where the file system can
    /// (never the inode: a step may write to its copy).
    ///
    /// # Errors
    /// As [`BlobStore::copy_to`].
    pub fn restore(&self, digest: &Digest, mut dest: &File) -> Result<(), BlobError> {
        if !self.inner.no_reflink.load(Ordering::Relaxed) {
            let source = self.open_unverified(digest)?;
            if rustix::fs::ioctl_ficlone(dest, &source).is_ok() {
                // What was handed out is judged, not what it was taken from: that could change in between.
                let path = self.path(digest);
                let (found, _) = hash(dest).map_err(BlobError::io("read a copy of", &path))?;
                return self.judge(digest, found, &source);
            }
            self.inner.no_reflink.store(true, Ordering::Relaxed);
        }
        self.copy_to(digest, &mut dest)?;
        Ok(())
    }

    /// Whether a stored blob is what its name says; one that is not is moved aside.
    pub(super) fn is_sound(&self, digest: &Digest) -> Result<bool, BlobError> {
        match self.copy_to(digest, &mut io::sink()) {
            Ok(_) => Ok(true),
            Err(BlobError::Missing(_) | BlobError::Corrupt(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What is in a blob's place and no file is damage like any other: a FIFO would hold us up for ever, a link lead
    /// elsewhere.
    fn open_unverified(&self, digest: &Digest) -> Result<File, BlobError> {
        let path = self.path(digest);
        let refused = |errno: Errno| BlobError::io("open", &path)(errno.into());
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let opened = match rustix::fs::open(&path, flags, Mode::empty()) {
            Err(Errno::NOENT) => return Err(BlobError::Missing(*digest)),
            Err(Errno::LOOP | Errno::NXIO) => None,
            opened => {
                let file = opened.map_err(refused)?;
                let mode = rustix::fs::fstat(&file).map_err(refused)?.st_mode;
                (FileType::from_raw_mode(mode) == FileType::RegularFile).then_some(file)
            }
        };
        match opened {
            Some(file) => Ok(file.into()),
            None => {
                let mut shard = self.names_like(digest)?;
                if self.size(digest).is_none() {
                    self.quarantine_in(&mut shard, digest)?;
                }
                Err(BlobError::Corrupt(*digest))
            }
        }
    }

    /// Whether bytes that were read from `read` are those of the digest.
    fn judge(&self, digest: &Digest, found: Digest, read: &File) -> Result<(), BlobError> {
        if found == *digest {
            return Ok(());
        }
        self.quarantine(digest, read)?;
        Err(BlobError::Corrupt(*digest))
    }

    /// What it means that `read` cannot be read. File systems that keep checksums tell of damage by an error.
    fn unread(&self, digest: &Digest, read: &File, error: io::Error) -> BlobError {
        let damaged = error.raw_os_error().map(Errno::from_raw_os_error);
        if !matches!(damaged, Some(Errno::IO | Errno::BADMSG | Errno::UCLEAN)) {
            return BlobError::io("read", &self.path(digest))(error);
        }
        match self.quarantine(digest, read) {
            Ok(()) => BlobError::Corrupt(*digest),
            Err(error) => error,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_that_the_file_system_calls_damaged_is_moved_aside_and_one_it_cannot_read_now_is_not()
    {
        let dir = tempfile::tempdir().unwrap();
        let blobs = BlobStore::open(dir.path()).unwrap();
        let digest = blobs.put_bytes(b"x").unwrap();
        let file = blobs.open_unverified(&digest).unwrap();
        for passing in [Errno::NOMEM, Errno::MFILE, Errno::ACCESS, Errno::TIMEDOUT] {
            let error = blobs.unread(&digest, &file, passing.into());
            assert!(matches!(error, BlobError::Io { .. }), "{error}");
            assert!(blobs.contains(&digest), "{passing}");
        }
        for damage in [Errno::IO, Errno::BADMSG, Errno::UCLEAN] {
            let digest = blobs.put_bytes(b"x").unwrap();
            let file = blobs.open_unverified(&digest).unwrap();
            let error = blobs.unread(&digest, &file, damage.into());
            assert!(matches!(error, BlobError::Corrupt(_)), "{error}");
            assert!(!blobs.contains(&digest), "{damage}");
        }
        assert!(blobs.is_quarantined(&digest));
    }
}
