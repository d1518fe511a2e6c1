//! Hashing a file of the workspace through one open handle.

use std::fs::File;
use std::path::Path;

use super::error::Fault;
use super::root::Root;
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
    let file = root.open_file(real)?;
    // Looked at again through the handle: the name may lead to something else by now.
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Fault::NotARegularFile);
    }
    let length = metadata.len();
    Ok(Opened { file, length })
}

/// The digest of the file at `real`; none of a large one where others work beside this one: it is hashed in less time by
/// all together, in its turn.
pub(super) fn digest_unless_large(
    root: &Root<'_>,
    real: &Path,
    worker: &mut Worker,
) -> Result<Option<Digest>, Fault> {
    let opened = open(root, real)?;
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
