//! Reading a file that a caller holds, to ask whether a receipt attests it: by big reads of one open file, never as a
//! whole in memory, and refused where it changes meanwhile.
//!
//! A link is followed: what counts is the content that whoever opens the path gets.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use thiserror::Error;

use crate::content::{self, GoOn, Stoppable};
use crate::digest::Digest;
use crate::verify::HeldFile;

/// A file that cannot be hashed.
///
/// ```
/// use attest_core::held::{FileError, FileFault};
/// use attest_core::verify::HeldFile;
///
/// let error: FileError = HeldFile::read(".".as_ref()).unwrap_err();
/// assert_eq!(error.path(), ".");
/// assert!(matches!(error.fault(), FileFault::Directory));
/// ```
#[derive(Debug, Error)]
#[error("{path:?}: {fault}")]
pub struct FileError {
    path: PathBuf,
    #[source]
    fault: FileFault,
}

/// Why a file cannot be hashed.
///
/// ```
/// use attest_core::held::FileFault;
/// use attest_core::verify::HeldFile;
///
/// let gone = HeldFile::read("no/such/file".as_ref()).unwrap_err();
/// let FileFault::Unreadable(reason) = gone.fault() else { panic!("{gone}") };
/// assert_eq!(reason.kind(), std::io::ErrorKind::NotFound);
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileFault {
    /// A directory.
    #[error(
        "a directory is no file: give its files one by one, or hold the workspace against the receipt by recomputing it"
    )]
    Directory,
    /// A FIFO, a socket or a device.
    #[error("neither a file nor a link to one; only files can be hashed")]
    NotAFile,
    /// It was written to while it was read.
    #[error("it changed while it was read; try again when nobody writes to it")]
    Changed,
    /// The system refuses to read it.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The caller called it off.
    #[error("reading it was called off")]
    Stopped,
}

impl FileError {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn fault(&self) -> &FileFault {
        &self.fault
    }
}

impl HeldFile {
    /// Hashes the file at `path`, which is its name in reports as well.
    ///
    /// # Errors
    /// [`FileError`], also where the file changes while it is read.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        Self::read_while(path, &|| true)
    }

    /// As [`HeldFile::read`], while `go_on` says so; it is asked every 256 KiB.
    ///
    /// # Errors
    /// As there, and [`FileFault::Stopped`].
    pub fn read_while(path: &Path, go_on: GoOn<'_>) -> Result<Self, FileError> {
        let digest = open(path)
            .and_then(|file| digest(&file, go_on))
            .map_err(|fault| FileError {
                path: path.to_owned(),
                fault: if go_on() { fault } else { FileFault::Stopped },
            })?;
        Ok(Self {
            name: path.to_string_lossy().into_owned(),
            digest,
        })
    }
}

/// Opens a regular file, and nothing that waits for somebody else or does something when it is opened.
pub(crate) fn open(path: &Path) -> Result<File, FileFault> {
    let refuse_others = |kind: &std::fs::Metadata| match (kind.is_dir(), kind.is_file()) {
        (true, _) => Err(FileFault::Directory),
        (_, false) => Err(FileFault::NotAFile),
        _ => Ok(()),
    };
    refuse_others(&std::fs::metadata(path)?)?;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty()).map_err(io::Error::from)?);
    // Looked at again through the handle: the name may lead to something else by now.
    refuse_others(&file.metadata()?)?;
    Ok(file)
}

fn digest(file: &File, go_on: GoOn<'_>) -> Result<Digest, FileFault> {
    let before = file.metadata()?;
    let mut length = 0;
    // One byte more than there should be: enough to see that it grew, however fast it grows.
    let content = Stoppable::new(file.take(before.len().saturating_add(1)), go_on);
    let digest = content::digest(content, &mut Vec::new(), |read| length += read as u64)?;
    let after = file.metadata()?;
    let written = |it: &std::fs::Metadata| (it.len(), it.mtime(), it.mtime_nsec());
    if length != before.len() || written(&before) != written(&after) {
        return Err(FileFault::Changed);
    }
    Ok(digest)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Mutex;

    use super::*;

    /// A file of more than one read.
    fn long() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("long");
        std::fs::write(&path, vec![7; 600 * 1024]).unwrap();
        (dir, path)
    }

    /// What comes of reading it where `change` happens after the first read.
    fn meanwhile(change: impl Fn(&Path) + Sync) -> FileFault {
        let (_dir, path) = long();
        let asked = Mutex::new(Cell::new(0));
        let go_on = || {
            let asked = asked.lock().unwrap();
            asked.set(asked.get() + 1);
            if asked.get() == 2 {
                change(&path);
            }
            true
        };
        HeldFile::read_while(&path, &go_on).unwrap_err().fault
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_refused() {
        let grow = |path: &Path| {
            use std::io::Write as _;
            let mut open = File::options().append(true).open(path).unwrap();
            open.write_all(b"more").unwrap();
        };
        let truncate = |path: &Path| {
            let open = File::options().write(true).open(path).unwrap();
            open.set_len(300 * 1024).unwrap();
        };
        assert!(matches!(meanwhile(grow), FileFault::Changed));
        assert!(matches!(meanwhile(truncate), FileFault::Changed));
    }

    #[test]
    fn reading_ends_when_it_is_called_off() {
        let (_dir, path) = long();
        let error = HeldFile::read_while(&path, &|| false).unwrap_err();
        assert!(matches!(error.fault(), FileFault::Stopped), "{error}");
    }
}
