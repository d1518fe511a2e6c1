//! Hashing a file of the workspace through one open handle.

use std::fs::File;
use std::path::Path;

use super::error::Fault;
use super::root::Root;
use crate::content;
use crate::digest::Digest;
use crate::parallel::Worker;

/// The regular file at `real`, opened.
pub(super) fn open(root: &Root<'_>, real: &Path) -> Result<File, Fault> {
    let file = root.open_file(real)?;
    // Looked at again through the handle: the name may lead to something else by now.
    if !file.metadata()?.is_file() {
        return Err(Fault::NotARegularFile);
    }
    Ok(file)
}

/// The digest of the file at `real`.
pub(super) fn digest(root: &Root<'_>, real: &Path, worker: &mut Worker) -> Result<Digest, Fault> {
    digest_of(root, open(root, real)?, worker)
}

/// The digest of a file that was just opened.
pub(super) fn digest_of(root: &Root<'_>, file: File, worker: &mut Worker) -> Result<Digest, Fault> {
    // Not `Fault::from`: an error of reading is never a statement about the path.
    content::digest_file(file, &mut worker.buffer, worker.alone, root.go_on())
        .map_err(Fault::Unreadable)
}
