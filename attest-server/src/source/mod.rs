//! A source: the snapshot of a directory that an execution starts from.
//!
//! Everything in the directory at the moment of the call, but what never belongs to a source: `.git`, `.attest`, the
//! directories the caller excludes (the data directory), and what `.gitignore` and `.attestignore` files inside the
//! directory name. Ignore files outside it, and the user's own, are not looked at, so that a source depends on nothing but
//! its directory. Which versions a directory is of is `git`'s question, and the caller's word.

mod git;
mod ignored;
mod rules;
mod snapshot;

use std::io;
use std::path::PathBuf;

use crate::blob::BlobError;
use crate::tree::TreeError;

pub use git::git_facts;
pub use ignored::{Ignored, IgnoredBy};
pub use snapshot::{Snapshot, snapshot};

/// Why a directory could not be taken as a source.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The system refused to read something. Ignored files are not read.
    #[error("cannot read {} of the source: {source}; make it readable, or name it in .attestignore", path.display())]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A name or a link's target is not UTF-8, which no receipt can hold.
    #[error("{} of the source is not UTF-8 (its name, or where it points to); rename it, or name it in .attestignore", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
    },
    /// A path that a tree cannot hold.
    #[error("the source changed while it was read: {0}")]
    Tree(#[from] TreeError),
    /// The store failed.
    #[error(transparent)]
    Blob(#[from] BlobError),
}
