//! A content-addressed tree: what a directory holds, by relative path, without any I/O.
//!
//! A tree is a value. Its paths are relative and normalised, sorted by their bytes, and nothing lies below a file or a
//! link, so that building a directory from it cannot leave that directory. Directories are implied by what is in them; only
//! a declared output directory that is empty has an entry of its own.

mod path;
mod summary;

use std::collections::BTreeMap;
use std::ops::Bound;

use attest_core::digest::Digest;
use serde::{Deserialize, Serialize};

pub use path::normalise;
pub(crate) use summary::Summary;

/// Context string of [`Tree::digest`] (BLAKE3 `derive_key`), so that a tree's digest never equals a file's.
const CONTEXT: &str = "attest-server 2026-11-24 tree v1";

/// What lies at one path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Entry {
    /// A regular file.
    File {
        /// BLAKE3 of its content.
        digest: Digest,
        /// Whether any executable bit is set.
        executable: bool,
        /// Its size in bytes.
        size: u64,
    },
    /// A symbolic link, never followed.
    Symlink {
        /// The link's text as it is.
        target: String,
    },
    /// A declared output directory with nothing in it.
    Directory,
}

/// Why a path cannot be in a tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Not relative and normalised.
    #[error(
        "{0:?} is no path of a tree: it must be relative, without empty, \".\" and \"..\" parts and without NUL"
    )]
    Path(String),
    /// Below a file or a link.
    #[error("{path:?} would lie below {above:?}, which is no directory")]
    BelowFile {
        /// The path that was given.
        path: String,
        /// The file or link above it.
        above: String,
    },
}

/// Files, links and empty output directories by relative path (`/`-separated UTF-8).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, Entry>", into = "BTreeMap<String, Entry>")]
pub struct Tree {
    entries: BTreeMap<String, Entry>,
}

impl Tree {
    /// A tree of nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            entries: BTreeMap::new(),
        }
    }

    /// Adds an entry; what was at this path, or below it, is replaced.
    ///
    /// # Errors
    /// [`TreeError`] where the path is not normalised or lies below a file or link.
    pub fn insert(&mut self, path: &str, entry: Entry) -> Result<(), TreeError> {
        if !path::is_normal(path) {
            return Err(TreeError::Path(path.to_owned()));
        }
        for above in path::ancestors(path) {
            match self.entries.get(above) {
                None => {}
                Some(Entry::Directory) => {
                    // It is no longer empty, and so implied.
                    self.entries.remove(above);
                }
                Some(Entry::File { .. } | Entry::Symlink { .. }) => {
                    return Err(TreeError::BelowFile {
                        path: path.to_owned(),
                        above: above.to_owned(),
                    });
                }
            }
        }
        self.remove(path);
        self.entries.insert(path.to_owned(), entry);
        Ok(())
    }

    /// Takes away what is at `path` and below it (`""` is everything).
    pub fn remove(&mut self, path: &str) {
        let doomed: Vec<String> = self.under(path).map(|(path, _)| path.to_owned()).collect();
        for path in doomed {
            self.entries.remove(&path);
        }
    }

    /// Lays `upper` over this tree: where both have something, `upper` wins, also over files that are in its way.
    pub fn overlay(&mut self, upper: &Self) {
        for (path, entry) in &upper.entries {
            for above in path::ancestors(path) {
                self.entries.remove(above);
            }
            self.remove(path);
            self.entries.insert(path.clone(), entry.clone());
        }
    }

    /// The part of this tree that is at or under one of `paths` (normalised).
    #[must_use]
    pub fn restricted_to<S: AsRef<str>>(&self, paths: &[S]) -> Self {
        let entries = paths
            .iter()
            .flat_map(|path| self.under(path.as_ref()))
            .map(|(path, entry)| (path.to_owned(), entry.clone()))
            .collect();
        Self { entries }
    }

    /// What is at exactly this path; `None` for an implied directory.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// Whether something is at this path: an entry, or a directory implied by what is below (`""` is the root).
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        path.is_empty() || self.under(path).next().is_some()
    }

    /// What is at `path` and below it, in order; everything for `""`.
    pub fn under<'a>(&'a self, path: &str) -> impl Iterator<Item = (&'a str, &'a Entry)> {
        let below = if path.is_empty() {
            String::new()
        } else {
            format!("{path}/")
        };
        // The entry itself is not next to what is below it ("d-x" sorts between "d" and "d/x").
        let itself = self.entries.get_key_value(path);
        let children = self
            .entries
            .range::<str, _>((Bound::Included(below.as_str()), Bound::Unbounded))
            .take_while({
                let below = below.clone();
                move |(path, _)| path.starts_with(&below)
            });
        itself
            .into_iter()
            .chain(children)
            .map(|(path, entry)| (path.as_str(), entry))
    }

    /// Every entry in the order of the paths' bytes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries
            .iter()
            .map(|(path, entry)| (path.as_str(), entry))
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The digest of this tree: paths, kinds, contents, link targets and executable bits; not sizes (the content's digest
    /// covers them), times or owners.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        let mut field = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        for (path, entry) in &self.entries {
            field(path.as_bytes());
            match entry {
                Entry::File {
                    digest, executable, ..
                } => {
                    field(if *executable { b"executable" } else { b"file" });
                    field(digest.as_bytes());
                }
                Entry::Symlink { target } => {
                    field(b"symlink");
                    field(target.as_bytes());
                }
                Entry::Directory => {
                    field(b"directory");
                    field(b"");
                }
            }
        }
        Digest::from(hasher.finalize())
    }
}

/// A tree with its digest, which is taken once. Clones share both.
#[derive(Clone, Debug)]
pub(crate) struct Digested {
    pub(crate) tree: std::sync::Arc<Tree>,
    pub(crate) digest: Digest,
}

impl From<Tree> for Digested {
    fn from(tree: Tree) -> Self {
        Self {
            digest: tree.digest(),
            tree: std::sync::Arc::new(tree),
        }
    }
}

impl TryFrom<BTreeMap<String, Entry>> for Tree {
    type Error = TreeError;

    fn try_from(entries: BTreeMap<String, Entry>) -> Result<Self, TreeError> {
        let mut tree = Self::new();
        for (path, entry) in entries {
            tree.insert(&path, entry)?;
        }
        Ok(tree)
    }
}

impl From<Tree> for BTreeMap<String, Entry> {
    fn from(tree: Tree) -> Self {
        tree.entries
    }
}
