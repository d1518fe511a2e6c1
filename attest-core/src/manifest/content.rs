//! Hashing a file of the workspace through one open handle.

use std::fs::File;
use std::path::Path;

use rustix::fs::FileType;

use super::error::Fault;
use super::root::{self, Root};
use crate::content;
use crate::digest::Digest;
use crate::parallel::Worker;

/// A regular file, and how many bytes it had when it was opened.
pub(super) struct Opened {
    pub(super) file: File,
    length: u64,
}

/// The regular file at `real`, opened.
pub(super) fn open(root: &Root<'_>, real: &Path) -> Result<Opened, Fault> {
    opened(root.open_file(real)?)
}

/// As [`open`]; from the directory, where the file before was in the same one. The system looks for one name then, not
/// for each on the way.
fn open_next(root: &Root<'_>, real: &Path, worker: &mut Worker) -> Result<Opened, Fault> {
    let (Some(parent), Some(name)) = (real.parent(), real.file_name()) else {
        return open(root, real);
    };
    match &mut worker.directory {
        Some((path, handle)) if path == parent => {
            if handle.is_none() {
                // A directory that cannot be read may still have a file that can.
                *handle = root.open_directory(parent).ok();
            }
            match handle {
                Some(handle) => opened(root::open_file(handle, Path::new(name))?),
                None => open(root, real),
            }
        }
        directory => {
            *directory = Some((parent.to_path_buf(), None));
            open(root, real)
        }
    }
}

fn opened(file: File) -> Result<Opened, Fault> {
    // Looked at again through the handle: the name may lead to something else by now.
    let stat = rustix::fs::fstat(&file)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(Fault::NotARegularFile);
    }
    let length = u64::try_from(stat.st_size).unwrap_or_default();
    Ok(Opened { file, length })
}

/// The digest of the file at `real`; none of a large one where others work beside this one: it is hashed in less time by
/// all together, in its turn.
pub(super) fn digest_unless_large(
    root: &Root<'_>,
    real: &Path,
    worker: &mut Worker,
) -> Result<Option<Digest>, Fault> {
    let opened = open_next(root, real, worker)?;
    if content::is_large(opened.length) && !worker.alone {
        return Ok(None);
    }
    digest_of(root, opened, worker).map(Some)
}

/// The digest of the file at `real`.
pub(super) fn digest(root: &Root<'_>, real: &Path, worker: &mut Worker) -> Result<Digest, Fault> {
    digest_of(root, open(root, real)?, worker)
}

/// The digest of a file that was just opened.
pub(super) fn digest_of(
    root: &Root<'_>,
    Opened { file, length }: Opened,
    worker: &mut Worker,
) -> Result<Digest, Fault> {
    // Not `Fault::from`: an error of reading is never a statement about the path.
    content::digest_file(file, length, &mut worker.buffer, worker.alone, root.go_on())
        .map_err(Fault::Unreadable)
}
