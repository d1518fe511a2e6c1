//! Putting bytes into the store.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use attest_core::digest::Digest;
use rustix::fs::{CWD, RenameFlags};
use rustix::io::Errno;

use super::{BUFFER, BlobError, BlobStore, TEMPORARY};

/// Up to this size a file is read once into memory, hashed, and written only where it is new.
const SMALL: u64 = 1024 * 1024;

impl BlobStore {
    /// Stores everything `reader` gives; returns the digest and the number of bytes.
    ///
    /// # Errors
    /// [`BlobError::Source`] where reading fails, [`BlobError::Io`] where writing does; nothing is stored then.
    pub fn put_reader(&self, reader: impl Read) -> Result<(Digest, u64), BlobError> {
        let pending = Pending::new(self)?;
        let (digest, size) = pending.fill(reader)?;
        self.publish(pending, &digest, size)?;
        Ok((digest, size))
    }

    /// Stores what `reader` gives if it is the `size` bytes of this digest. Where they are stored already, whole, what
    /// comes is only compared.
    ///
    /// # Errors
    /// [`BlobError::Unexpected`] for other content, which is not stored, else as [`BlobStore::put_reader`].
    pub fn put_expected(
        &self,
        expected: &Digest,
        reader: impl Read,
        size: u64,
    ) -> Result<(), BlobError> {
        let matches = |found: Digest| {
            let unexpected = BlobError::Unexpected {
                expected: *expected,
                found,
            };
            (found == *expected).then_some(()).ok_or(unexpected)
        };
        if self.has(expected, size)? {
            let (found, _) = hash(reader).map_err(BlobError::Source)?;
            return matches(found);
        }
        let pending = Pending::new(self)?;
        let (found, size) = pending.fill(reader)?;
        matches(found)?;
        self.publish(pending, expected, size)
    }

    /// Stores `bytes`; returns their digest. Where they are stored already, that is read: damaged, it is replaced.
    ///
    /// # Errors
    /// [`BlobError::Io`] where writing fails.
    pub fn put_bytes(&self, bytes: &[u8]) -> Result<Digest, BlobError> {
        let digest = Digest::of(bytes);
        if !self.has(&digest, bytes.len() as u64)? {
            self.write(bytes, &digest)?;
        }
        Ok(digest)
    }

    /// Stores the content of an open file, from its start and at most as long as it is now (a log that grows while it is
    /// read has no end); returns the digest and the number of bytes.
    ///
    /// What is stored already is neither written again nor read: snapshots of a source find nearly all of it here, and
    /// whoever uses it reads it.
    ///
    /// # Errors
    /// [`BlobError::Io`] where reading or writing fails.
    pub fn put_file(&self, file: &File) -> Result<(Digest, u64), BlobError> {
        self.put_file_unless(file, |digest, size| Ok(self.refresh(digest)? == Some(size)))
    }

    /// As [`BlobStore::put_file`], also reading what is stored already: damaged, it is replaced. For what cannot be had
    /// again, such as what a step left.
    ///
    /// # Errors
    /// [`BlobError::Io`] where reading or writing fails.
    pub fn put_file_whole(&self, file: &File) -> Result<(Digest, u64), BlobError> {
        self.put_file_unless(file, |digest, size| self.has(digest, size))
    }

    /// `known` says whether the blob of this digest and size is there, and sees to it that it stays.
    fn put_file_unless(
        &self,
        mut file: &File,
        known: impl FnOnce(&Digest, u64) -> Result<bool, BlobError>,
    ) -> Result<(Digest, u64), BlobError> {
        let unreadable =
            |error| BlobError::io("read a file that goes into", &self.inner.root)(error);
        let expected = file.metadata().map_err(unreadable)?.len();
        file.rewind().map_err(unreadable)?;
        if expected <= SMALL {
            let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or(0));
            file.take(expected)
                .read_to_end(&mut bytes)
                .map_err(unreadable)?;
            let (digest, size) = (Digest::of(&bytes), bytes.len() as u64);
            if !known(&digest, size)? {
                self.write(&bytes, &digest)?;
            }
            return Ok((digest, size));
        }
        let (digest, size) = hash(file.take(expected)).map_err(unreadable)?;
        if known(&digest, size)? {
            return Ok((digest, size));
        }
        file.rewind().map_err(unreadable)?;
        self.put_reader(file.take(expected))
    }

    fn write(&self, bytes: &[u8], digest: &Digest) -> Result<(), BlobError> {
        let pending = Pending::new(self)?;
        (&pending.file)
            .write_all(bytes)
            .map_err(BlobError::io("write", &pending.path))?;
        self.publish(pending, digest, bytes.len() as u64)
    }

    /// Whether these bytes are stored, whole. As far as they are, they stay for [`super::LEASE`].
    fn has(&self, digest: &Digest, size: u64) -> Result<bool, BlobError> {
        Ok(self.refresh(digest)? == Some(size) && self.is_sound(digest)?)
    }

    /// Gives a pending file its name. An existing blob of that name and size wins; one of another size is damaged and is
    /// replaced.
    fn publish(&self, mut pending: Pending, digest: &Digest, size: u64) -> Result<(), BlobError> {
        let path = self.path(digest);
        if let Some(parent) = path.parent() {
            super::private_directory(parent)
                .map_err(BlobError::io("make the directory", parent))?;
        }
        self.set_used_now(&pending.path)?;
        let mut shard = self.names_like(digest)?;
        for _ in 0..2 {
            match rename_without_replacing(&pending.path, &path) {
                Ok(()) => {
                    pending.published = true;
                    shard.added(size);
                    self.inner.named.fetch_add(1, Ordering::SeqCst);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    if self.refresh_in(&mut shard, digest)? == Some(size) {
                        return Ok(());
                    }
                    self.quarantine_in(&mut shard, digest)?;
                }
                Err(error) => return Err(BlobError::io("name the blob", &path)(error)),
            }
        }
        Err(BlobError::Corrupt(*digest))
    }
}

/// A blob being written. Dropped before it has a name, it is removed.
struct Pending {
    path: PathBuf,
    file: File,
    published: bool,
}

impl Pending {
    fn new(store: &BlobStore) -> Result<Self, BlobError> {
        let number = store.inner.counter.fetch_add(1, Ordering::Relaxed);
        let path = store.inner.root.join(TEMPORARY).join(number.to_string());
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(BlobError::io("create", &path))?;
        Ok(Self {
            path,
            file,
            published: false,
        })
    }

    /// Writes all there is to read; returns its digest and size in bytes.
    fn fill(&self, mut reader: impl Read) -> Result<(Digest, u64), BlobError> {
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; BUFFER];
        let mut size = 0_u64;
        loop {
            let read = match reader.read(&mut buffer) {
                Ok(0) => return Ok((Digest::from(hasher.finalize()), size)),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(BlobError::Source(error)),
            };
            let bytes = buffer.get(..read).unwrap_or_default();
            hasher.update(bytes);
            (&self.file)
                .write_all(bytes)
                .map_err(BlobError::io("write", &self.path))?;
            size += bytes.len() as u64;
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.published {
            // What cannot be removed now is cleared away when the store is opened next.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn rename_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // File systems without that flag still have links, which never replace.
        Err(Errno::INVAL | Errno::NOSYS) => {
            fs::hard_link(from, to)?;
            fs::remove_file(from)
        }
        result => Ok(result?),
    }
}

/// Hashes what is left to read of `reader`; returns the digest and the number of bytes.
pub(super) fn hash(mut reader: impl Read) -> io::Result<(Digest, u64)> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; BUFFER];
    let mut size = 0_u64;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((Digest::from(hasher.finalize()), size)),
            Ok(read) => {
                hasher.update(buffer.get(..read).unwrap_or_default());
                size += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
