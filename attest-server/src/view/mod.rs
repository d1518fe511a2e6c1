//! A step's own directory, built from stored trees.
//!
//! It holds the source and the outputs of the steps it needs, nothing of its siblings, and not what the step is to make.
//! Files are copies (by reflink where the file system can), never hard links into the store. What is collected of it is
//! [`crate::step`]'s; this module builds and removes.

mod layers;
mod remove;
mod scratch;
mod seen;

pub(crate) use layers::Layers;
pub use layers::{Upstream, visible_source};
pub(crate) use remove::remove_scratch;
pub use scratch::sweep;
pub(crate) use scratch::{HOME, Scratch};
pub(crate) use seen::{Left, Seen};

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, symlink};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, Timespec, Timestamps};

use crate::blob::{BlobError, BlobStore};
use crate::tree::{Entry, Tree};

/// 2000-01-01T00:00:00Z, in seconds after 1970: the time of every source file, so that build tools see no change where
/// there is none. Restored outputs are one second younger: they were made from them.
const SOURCE_TIME: i64 = 946_684_800;

/// Why a view could not be built.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// A file of a tree could not be taken from the store.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The system refused.
    #[error("cannot {action} {} of a step's directory: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

/// Builds the view of a step in its (new) directory.
pub(crate) fn build(
    scratch: &Scratch,
    layers: &Layers,
    blobs: &BlobStore,
) -> Result<(), ViewError> {
    let root = scratch.workspace();
    let mut builder = Builder {
        root: &root,
        blobs,
        last: String::new(),
    };
    builder.lay(&layers.source, SOURCE_TIME)?;
    builder.lay(&layers.outputs, SOURCE_TIME + 1)
}

struct Builder<'a> {
    root: &'a Path,
    blobs: &'a BlobStore,
    /// The directory that was made last, relative to the root: with those above it, it is there. Paths come sorted, so
    /// that what is in one directory comes together.
    last: String,
}

impl Builder<'_> {
    fn lay(&mut self, tree: &Tree, time: i64) -> Result<(), ViewError> {
        for (path, entry) in tree.iter() {
            let at = self.root.join(path);
            match entry {
                Entry::Directory => self.directory(path)?,
                Entry::File {
                    digest, executable, ..
                } => {
                    self.parent(path)?;
                    let file = create(&at, *executable).map_err(failed("create", &at))?;
                    self.blobs.restore(digest, &file)?;
                    rustix::fs::futimens(&file, &times(time))
                        .map_err(|errno| failed("set the time of", &at)(errno.into()))?;
                }
                Entry::Symlink { target } => {
                    self.parent(path)?;
                    symlink(target, &at).map_err(failed("make the link", &at))?;
                    rustix::fs::utimensat(CWD, &at, &times(time), AtFlags::SYMLINK_NOFOLLOW)
                        .map_err(|errno| failed("set the time of", &at)(errno.into()))?;
                }
            }
        }
        Ok(())
    }

    fn parent(&mut self, path: &str) -> Result<(), ViewError> {
        path.rsplit_once('/')
            .map_or(Ok(()), |(parent, _)| self.directory(parent))
    }

    /// Makes a directory and those above it. They are gone through, not recursed into: a step decides how deep it is.
    fn directory(&mut self, path: &str) -> Result<(), ViewError> {
        let pairs = path.bytes().zip(self.last.bytes());
        let common = pairs.take_while(|(one, other)| one == other).count();
        let slashes = path.match_indices('/').map(|(at, _)| at);
        for end in slashes.chain([path.len()]) {
            let there = end <= common && matches!(self.last.as_bytes().get(end), None | Some(b'/'));
            if let Some(directory) = path.get(..end).filter(|_| !there) {
                make_directory(&self.root.join(directory))?;
            }
        }
        path.clone_into(&mut self.last);
        Ok(())
    }
}

fn make_directory(at: &Path) -> Result<(), ViewError> {
    match fs::DirBuilder::new().mode(0o755).create(at) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(failed("make the directory", at)(error));
        }
        _ => {}
    }
    rustix::fs::chmod(at, Mode::from_raw_mode(0o755))
        .map_err(|errno| failed("set the mode of", at)(errno.into()))
}

fn create(at: &Path, executable: bool) -> io::Result<File> {
    let mode = if executable { 0o755 } else { 0o644 };
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(at)?;
    // The server's umask must not show in a step.
    rustix::fs::fchmod(&file, Mode::from_raw_mode(mode))?;
    Ok(file)
}

const fn times(seconds: i64) -> Timestamps {
    let time = Timespec {
        tv_sec: seconds,
        tv_nsec: 0,
    };
    Timestamps {
        last_access: time,
        last_modification: time,
    }
}

fn failed<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> ViewError + 'a {
    move |source| ViewError::Io {
        action,
        path: path.to_path_buf(),
        source,
    }
}
