//! What an execution starts from: the operator's directory as it is now, an uploaded tree, or nothing.

use std::path::{Path, PathBuf};

use attest_core::digest::Digest;
use attest_core::pipeline::{self, Listing, Problem};
use attest_core::source::Ignored;

use super::plan_error::PlanError;
use crate::blob::{BlobError, BlobStore};
use crate::record::RecordError;
use crate::source::{Snapshot, snapshot};
use crate::store::{Store, sources};
use crate::tree::{Entry, Tree};

/// The field of a request that names a source.
const FIELD: &str = "source";
/// What an id of a source begins with, before the digest of its tree.
const SCHEME: &str = "tree:";
/// The largest description of a tree that is read back, bytes.
const LIMIT: u64 = 1 << 30;

/// An uploaded source that is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uploaded {
    /// Of the tree.
    pub(super) tree: Digest,
    /// The blob that holds it as JSON.
    blob: Digest,
}

impl Uploaded {
    /// Looks up what a request names (`tree:blake3:…`).
    pub(super) async fn find(named: &str, store: &Store) -> Result<Self, PlanError> {
        let tree = named
            .strip_prefix(SCHEME)
            .and_then(|digest| Digest::parse_prefixed(digest).ok())
            .ok_or_else(|| {
                refused(format!(
                    "{named:?} is no source: give what POST /v1/sources answered, tree:blake3:<64 hex digits>"
                ))
            })?;
        let found = store
            .read(move |connection| sources::find(connection, &tree))
            .await?;
        match found {
            Some(blob) => Ok(Self { tree, blob }),
            None => Err(refused(format!(
                "no source {named} is stored: upload it, again if it was collected"
            ))),
        }
    }

    /// Its tree, with everything in it leased, so that it stays until an execution that holds it is stored. Blocks.
    fn open(self, blobs: &BlobStore) -> Result<Tree, PlanError> {
        let collected = |lost: &str| {
            let source = format!("{SCHEME}{}", self.tree);
            refused(format!(
                "{lost} of the source {source} is stored no longer: upload it again"
            ))
        };
        let json = match blobs.lease(&self.blob) {
            Some(_) => blobs.read(&self.blob, LIMIT),
            None => Err(BlobError::Missing(self.blob)),
        };
        let json = match json {
            Err(BlobError::Missing(_) | BlobError::Corrupt(_)) => {
                return Err(collected("the description"));
            }
            json => json?,
        };
        let tree: Tree = serde_json::from_slice(&json)
            .map_err(|error| PlanError::Internal(error.to_string()))?;
        let lost = tree.iter().find(|(_, entry)| {
            matches!(entry, Entry::File { digest, .. } if blobs.lease(digest).is_none())
        });
        match lost {
            Some((path, _)) => Err(collected(&format!("the file {path:?}"))),
            None => Ok(tree),
        }
    }
}

/// The tree of a plan's source, by the blob that holds it as JSON. Blocks.
pub(super) fn stored_tree(blob: &Digest, blobs: &BlobStore) -> Result<Tree, RecordError> {
    Ok(serde_json::from_slice(&blobs.read(blob, LIMIT)?)?)
}

fn refused(issue: String) -> PlanError {
    PlanError::Invalid(vec![Problem {
        field: FIELD.to_owned(),
        issue,
    }])
}

/// A source that is settled: everything in it is stored and stays.
pub(super) struct Source {
    pub(super) tree: Tree,
    ignored: Ignored,
    /// The blob that holds the tree as JSON.
    pub(super) blob: Digest,
}

impl Source {
    /// The tree that was uploaded.
    pub(super) fn uploaded(uploaded: Uploaded, blobs: &BlobStore) -> Result<Self, PlanError> {
        Ok(Self {
            tree: uploaded.open(blobs)?,
            ignored: Ignored::default(),
            blob: uploaded.blob,
        })
    }

    /// The operator's directory at this moment, without the data directory; nothing, where there is none.
    pub(super) fn own(
        dir: Option<&Path>,
        data_dir: &Path,
        blobs: &BlobStore,
    ) -> Result<Self, PlanError> {
        let Snapshot { tree, ignored } = match dir {
            Some(dir) => snapshot(dir, &[PathBuf::from(data_dir)], blobs)?,
            None => Snapshot::default(),
        };
        let json =
            serde_json::to_vec(&tree).map_err(|error| PlanError::Internal(error.to_string()))?;
        let blob = blobs.put_bytes(&json)?;
        blobs.sync()?;
        Ok(Self {
            tree,
            ignored,
            blob,
        })
    }
}

impl Listing for Source {
    fn entry(&self, path: &str) -> Option<pipeline::Entry> {
        match self.tree.get(path) {
            Some(Entry::File { .. }) => Some(pipeline::Entry::File),
            Some(Entry::Symlink { target }) => Some(pipeline::Entry::Symlink(target.clone())),
            Some(Entry::Directory) => Some(pipeline::Entry::Directory),
            None if self.tree.contains(path) => Some(pipeline::Entry::Directory),
            None => None,
        }
    }

    fn under(&self, directory: &str) -> impl Iterator<Item = &str> {
        self.tree
            .under(directory)
            .map(|(path, _)| path)
            .filter(move |path| path.len() > directory.len())
    }

    fn left_out(&self, path: &str) -> Option<String> {
        self.ignored.by(path).map(ToString::to_string)
    }
}
