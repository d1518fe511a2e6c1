//! The private directory of one step: its view, its home and its temporary files.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::remove::{PREFIX, remove_scratch};

/// Names within a step's directory.
pub(crate) const WORKSPACE: &str = "workspace";
pub(crate) const HOME: &str = "home";
pub(crate) const TEMPORARY: &str = "tmp";

/// Tells the steps of this process apart; other processes' directories are skipped over.
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A step's directory, removed with everything in it when dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes a new, empty one in `parent`, which only this user can enter.
    pub(crate) fn create(parent: &Path) -> io::Result<Self> {
        let path = loop {
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let path = parent.join(format!("{PREFIX}{}-{number}", std::process::id()));
            // Creation is atomic and never follows a link that someone else put there.
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => break path,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        };
        let scratch = Self { path };
        for (name, mode) in [(WORKSPACE, 0o755), (HOME, 0o755), (TEMPORARY, 0o1777)] {
            let directory = scratch.path.join(name);
            fs::create_dir(&directory)?;
            fs::set_permissions(&directory, fs::Permissions::from_mode(mode))?;
        }
        Ok(scratch)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn workspace(&self) -> PathBuf {
        self.path.join(WORKSPACE)
    }

    /// Makes the workspace itself readable again, where the step's last act was to lock it: what it declared is judged
    /// alike for root and for everybody else. A workspace that is gone holds no output, and is judged so.
    pub(crate) fn unlock(&self) -> io::Result<()> {
        match fs::set_permissions(self.workspace(), fs::Permissions::from_mode(0o755)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.path.join(HOME)
    }

    pub(crate) fn temporary(&self) -> PathBuf {
        self.path.join(TEMPORARY)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = remove_scratch(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "a step's directory could not be removed");
        }
    }
}

/// Removes the step directories that an earlier process left in `parent`, which no other server may be using. Call it at
/// start, after leftover processes were killed; what does not exist is fine.
///
/// # Errors
/// The first directory that cannot be removed; the rest is tried all the same.
pub fn sweep(parent: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(parent) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    let mut result = Ok(());
    for entry in entries.flatten() {
        if entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(PREFIX.as_bytes())
            && let Err(error) = remove_scratch(&entry.path())
        {
            result = Err(error);
        }
    }
    result
}
