//! Why a directory is no source.

use std::io;
use std::path::{Path, PathBuf};

use super::{LONGEST_PATH, MOST_ENTRIES};

/// Why a directory could not be taken as a source. Each names the file.
///
/// ```
/// use attest_core::source::{self, SourceError};
///
/// let error = source::list("no/such/directory".as_ref(), &[]).unwrap_err();
/// let SourceError::Unreadable { path, .. } = &error else { panic!("{error}") };
/// assert!(path.starts_with("no/such/directory"));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The system refused to read something. Ignored files are not read.
    #[error("cannot read {} of the source: {source}; make it readable, or name it in .attestignore", path.display())]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// What was listed as a file is none any more.
    #[error("{} of the source was replaced while it was read; run again", path.display())]
    Replaced {
        /// The file.
        path: PathBuf,
    },
    /// A name or a link's target is not UTF-8, which no receipt can hold.
    #[error("{} of the source is not UTF-8 (its name, or where it points to); rename it, or name it in .attestignore", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
    },
    /// An ignore file's rules cannot be told, so what they leave out is not known.
    #[error("the ignore file {} of the source cannot be used: {issue}", path.display())]
    Rules {
        /// The ignore file.
        path: PathBuf,
        /// What is wrong with it.
        issue: String,
    },
    /// A path is longer than [`LONGEST_PATH`].
    #[error(
        "a path of the source has {length} bytes, more than {LONGEST_PATH}: {start:?}…; name a directory above it in .attestignore"
    )]
    TooLong {
        /// The first bytes of the path, relative to the source.
        start: String,
        /// Its length in bytes.
        length: usize,
    },
    /// There is more than [`MOST_ENTRIES`].
    #[error(
        "{} has more than {MOST_ENTRIES} files; take a directory in it, or name directories in .attestignore", path.display()
    )]
    TooMany {
        /// The source.
        path: PathBuf,
    },
}

impl SourceError {
    pub(super) fn unreadable(
        dir: &Path,
        at: impl AsRef<Path>,
    ) -> impl FnOnce(rustix::io::Errno) -> Self {
        let path = dir.join(at);
        move |errno| Self::Unreadable {
            path,
            source: errno.into(),
        }
    }

    pub(super) fn too_long(at: &str) -> Self {
        Self::TooLong {
            start: at.chars().take(80).collect(),
            length: at.len(),
        }
    }
}
