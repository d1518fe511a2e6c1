//! Reading the files of a source.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use rustix::fs::{FileType, OFlags};
use rustix::io::Errno;

use super::{Contents, SourceError};
use crate::digest::Digest;
use crate::{beneath, content, parallel};

/// A file of a source, open for reading at its start.
///
/// ```
/// use std::io::Read as _;
///
/// use attest_core::source;
///
/// # let dir = tempfile::tempdir()?;
/// # let project = dir.path();
/// std::fs::write(project.join("notes"), "buy milk")?;
/// let contents = source::list(project, &[])?;
/// let mut opened = contents.open("notes")?;
/// let mut text = String::new();
/// opened.file.read_to_string(&mut text)?;
/// assert_eq!((&*text, opened.size, opened.executable), ("buy milk", 8, false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct OpenFile {
    /// The handle.
    pub file: File,
    /// Whether any executable bit is set.
    pub executable: bool,
    /// Its size in bytes when it was opened.
    pub size: u64,
}

/// A file that was hashed.
///
/// ```
/// use attest_core::digest::Digest;
/// use attest_core::source;
///
/// # let dir = tempfile::tempdir()?;
/// # let project = dir.path();
/// std::fs::write(project.join("notes"), "buy milk")?;
/// let hashed = source::list(project, &[])?.hash(|_| ())?;
/// assert_eq!((&*hashed[0].path, hashed[0].digest), ("notes", Digest::of(b"buy milk")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashed {
    /// Its path in the source.
    pub path: String,
    /// BLAKE3 of what was read.
    pub digest: Digest,
    /// How many bytes were read.
    pub size: u64,
    /// Whether any executable bit is set.
    pub executable: bool,
}

/// How far the reading has come.
///
/// ```
/// use std::sync::Mutex;
///
/// use attest_core::source::{self, Progress};
///
/// # let dir = tempfile::tempdir()?;
/// # let project = dir.path();
/// std::fs::write(project.join("notes"), "buy milk")?;
/// let last = Mutex::new(Progress::default());
/// source::list(project, &[])?.hash(|progress| *last.lock().unwrap() = progress)?;
/// assert_eq!(*last.lock().unwrap(), Progress { files: 1, bytes: 8 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files that are read.
    pub files: usize,
    /// Bytes that are read, of files that are not yet to their end too.
    pub bytes: u64,
}

impl Contents {
    /// Opens the file at `path` (relative, as listed), never through a link and never waiting for a FIFO's writer.
    ///
    /// # Errors
    /// [`SourceError::Replaced`] where no file is there any more, [`SourceError::Unreadable`] where the system refuses.
    pub fn open(&self, path: &str) -> Result<OpenFile, SourceError> {
        let replaced = || SourceError::Replaced {
            path: self.dir.join(path),
        };
        if !self.entries.contains_key(path) {
            return Err(SourceError::unreadable(&self.dir, path)(Errno::NOENT));
        }
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
        let handle = match beneath::open(&self.handle, Path::new(path), flags) {
            Ok(handle) => handle,
            // A link, a directory's place taken by something else, a socket or a device without a driver.
            Err(Errno::LOOP | Errno::NOTDIR | Errno::NXIO | Errno::NODEV) => return Err(replaced()),
            Err(errno) => return Err(SourceError::unreadable(&self.dir, path)(errno)),
        };
        let found = rustix::fs::fstat(&handle).map_err(SourceError::unreadable(&self.dir, path))?;
        if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
            return Err(replaced());
        }
        Ok(OpenFile {
            file: handle.into(),
            executable: found.st_mode & 0o111 != 0,
            size: u64::try_from(found.st_size).unwrap_or_default(),
        })
    }

    /// `work` on every file with its path, on all cores where the feature `parallel` is on; the results in the order of
    /// [`Contents::files`].
    ///
    /// # Errors
    /// That of the first file, in this order, that cannot be opened or worked on.
    pub fn each_file<R: Send, E: Send + From<SourceError>>(
        &self,
        work: impl Fn(&str, OpenFile) -> Result<R, E> + Sync,
    ) -> Result<Vec<R>, E> {
        let files: Vec<&str> = self.files().collect();
        parallel::in_order(&files, parallel::FILES, |path, _| {
            work(path, self.open(path)?)
        })
    }

    /// Hashes every file, on all cores where the feature `parallel` is on; in the order of [`Contents::files`].
    ///
    /// `progress` is called often, from any thread. What is not read as it was listed is no error: digest and size are of
    /// what was read, which is at most the file as it was when it was opened.
    ///
    /// # Errors
    /// That of the first file, in this order, that cannot be read.
    pub fn hash(&self, progress: impl Fn(Progress) + Sync) -> Result<Vec<Hashed>, SourceError> {
        let files: Vec<&str> = self.files().collect();
        let (done, bytes) = (AtomicUsize::new(0), AtomicU64::new(0));
        let tell = || {
            progress(Progress {
                files: done.load(Ordering::Relaxed),
                bytes: bytes.load(Ordering::Relaxed),
            })
        };
        parallel::in_order(&files, parallel::FILES, |path, worker| {
            let opened = self.open(path)?;
            let mut size = 0;
            // As it was when it was opened: a log that grows while it is read has no end.
            let content = opened.file.take(opened.size);
            let digest = content::digest(content, &mut worker.buffer, |length| {
                size += length as u64;
                bytes.fetch_add(length as u64, Ordering::Relaxed);
                tell();
            })
            .map_err(|source| SourceError::Unreadable {
                path: self.dir.join(path),
                source,
            })?;
            done.fetch_add(1, Ordering::Relaxed);
            tell();
            Ok(Hashed {
                path: (*path).to_owned(),
                digest,
                size,
                executable: opened.executable,
            })
        })
    }
}
