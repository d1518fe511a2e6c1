//! Paths as people like to read them.

use std::path::{Path, PathBuf};

/// The path from the current directory, where it lies below that; else as it is.
pub(crate) fn shortest(path: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    match here.as_deref().map(|here| path.strip_prefix(here)) {
        Ok(Ok(below)) if !below.as_os_str().is_empty() => below.to_owned(),
        _ => path.to_owned(),
    }
}
