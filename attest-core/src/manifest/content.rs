//! Hashing a file of the workspace through one open handle.

use std::fs::File;
use std::path::Path;

use super::error::Fault;
use super::root::Root;
use crate::content::{self, Stoppable};
use crate::digest::Digest;

/// The regular file at `real`, opened.
pub(super) fn open(root: &Root<'_>, real: &Path) -> Result<File, Fault> {
    let file = root.open_file(real)?;
    // Looked at again through the handle: the name may lead to something else by now.
    if !file.metadata()?.is_file() {
        return Err(Fault::NotARegularFile);
    }
    Ok(file)
}

/// The digest of the file at `real`. `buffer` is kept from file to file.
pub(super) fn digest(root: &Root<'_>, real: &Path, buffer: &mut Vec<u8>) -> Result<Digest, Fault> {
    let file = open(root, real)?;
    // Not `Fault::from`: an error of reading is never a statement about the path.
    content::digest(Stoppable::new(file, root.go_on()), buffer, |_| {}).map_err(Fault::Unreadable)
}
