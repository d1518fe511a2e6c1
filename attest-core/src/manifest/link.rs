//! Judging a symbolic link: by its text alone. Whether the target exists does not matter.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use super::error::Fault;
use super::root::Root;
use crate::digest::Digest;

/// The digest of the target of the link at `path` (relative to the workspace), if the link is allowed in a step that
/// declares `declared` (relative, normalised).
pub(super) fn judge(
    root: &Root<'_>,
    declared: &[PathBuf],
    path: &Path,
    target: Vec<u8>,
) -> Result<Digest, Fault> {
    let digest = Digest::of(&target);
    let target = OsString::from_vec(target);
    let Some(text) = target.to_str().map(str::to_owned) else {
        return Err(Fault::SymlinkTargetNotUtf8);
    };
    let Some(end) = root.relative(path.parent().unwrap_or(Path::new("")), Path::new(&target))
    else {
        return Err(Fault::SymlinkEscapes { target: text });
    };
    // `Path::starts_with` compares whole parts, and everything starts with the empty path, which is the workspace.
    if !declared.iter().any(|allowed| end.starts_with(allowed)) {
        return Err(Fault::SymlinkUndeclared { target: text });
    }
    Ok(digest)
}
