//! A source: the snapshot of a directory that an execution starts from, as a tree whose content is in the store.
//!
//! What belongs to it is [`attest_core::source`]'s to say.

use std::path::{Path, PathBuf};

use attest_core::source::{self, Ignored, OpenFile};

use crate::blob::{BlobError, BlobStore};
use crate::tree::{Entry, Tree, TreeError};

/// Why a directory could not be taken as a source.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Something in it cannot be read, or be part of a source.
    #[error(transparent)]
    Directory(#[from] source::SourceError),
    /// A path that a tree cannot hold.
    #[error("the source changed while it was read: {0}")]
    Tree(#[from] TreeError),
    /// A file of it could not be read to its end, or the store failed.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

/// A directory as it was.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Its files and links; their content is in the store (make it durable before a row names the tree).
    pub tree: Tree,
    /// What was left out.
    pub ignored: Ignored,
}

/// Takes `dir` as a source, without the directories `exclude` (the server's data directory). Blocks.
///
/// # Errors
/// [`SourceError`], which names the file.
pub fn snapshot(
    dir: &Path,
    exclude: &[PathBuf],
    blobs: &BlobStore,
) -> Result<Snapshot, SourceError> {
    let contents = source::list(dir, exclude)?;
    let stored = contents.each_file(|_, opened: OpenFile| {
        let (digest, size) = blobs.put_file(&opened.file)?;
        Ok::<_, SourceError>(Entry::File {
            digest,
            executable: opened.executable,
            size,
        })
    })?;
    let mut stored = stored.into_iter();
    let (entries, ignored) = contents.into_parts();
    let mut tree = Tree::new();
    for (path, entry) in entries {
        let entry = match entry {
            source::Entry::Symlink { target } => Some(Entry::Symlink { target }),
            source::Entry::File { .. } => stored.next(),
        };
        if let Some(entry) = entry {
            tree.insert(&path, entry)?;
        }
    }
    Ok(Snapshot { tree, ignored })
}
