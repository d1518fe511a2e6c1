//! Walking a directory into a tree.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::SourceError;
use super::ignored::{Ignored, IgnoredBy};
use super::rules::Rules;
use crate::blob::BlobStore;
use crate::tree::{Entry, Tree};

/// Names that are never part of a source, at any depth (`.git` is a file in a worktree).
const NEVER: [&str; 2] = [".git", ".attest"];

/// A directory as it was.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Its files and links; their content is in the store (make it durable before a row names the tree).
    pub tree: Tree,
    /// What was left out.
    pub ignored: Ignored,
}

/// Takes `dir` as a source. Links are recorded, never followed; empty directories are not part of it. Blocks.
///
/// `exclude` are directories to leave out wherever they are: the server's data directory.
///
/// # Errors
/// [`SourceError`], which names the file.
pub fn snapshot(
    dir: &Path,
    exclude: &[PathBuf],
    blobs: &BlobStore,
) -> Result<Snapshot, SourceError> {
    let excluded = exclude
        .iter()
        .filter_map(|path| path.metadata().ok())
        .map(|found| (found.dev(), found.ino()))
        .collect();
    let mut walk = Walk {
        blobs,
        excluded,
        found: Snapshot {
            tree: Tree::new(),
            ignored: Ignored::default(),
        },
        todo: vec![Directory {
            path: dir.to_path_buf(),
            at: String::new(),
            outer: Rules::default(),
        }],
    };
    while let Some(directory) = walk.todo.pop() {
        walk.enter(&directory)?;
    }
    Ok(walk.found)
}

struct Walk<'a> {
    blobs: &'a BlobStore,
    /// Device and inode, so that no spelling of the path gets past.
    excluded: Vec<(u64, u64)>,
    found: Snapshot,
    /// Directories still to be read: a list, not recursion, so that depth costs no stack.
    todo: Vec<Directory>,
}

struct Directory {
    path: PathBuf,
    /// Relative to the source; empty for the source itself.
    at: String,
    outer: Rules,
}

impl Walk<'_> {
    fn enter(&mut self, directory: &Directory) -> Result<(), SourceError> {
        let rules = directory.outer.within(&directory.path, &directory.at);
        let entries = fs::read_dir(&directory.path).map_err(unreadable(&directory.path))?;
        for entry in entries {
            let entry = entry.map_err(unreadable(&directory.path))?;
            self.take(directory, &rules, &entry)?;
        }
        Ok(())
    }

    fn take(
        &mut self,
        directory: &Directory,
        rules: &Rules,
        entry: &fs::DirEntry,
    ) -> Result<(), SourceError> {
        let path = entry.path();
        let metadata = entry.metadata().map_err(unreadable(&path))?;
        let ignored = rules.ignores(&path, metadata.is_dir());
        let Ok(name) = entry.file_name().into_string() else {
            // What a rule leaves out may have any name.
            return ignored.map_or(Err(SourceError::NotUtf8 { path }), |_| Ok(()));
        };
        let at = if directory.at.is_empty() {
            name.clone()
        } else {
            format!("{}/{name}", directory.at)
        };
        let never = NEVER.contains(&name.as_str())
            || (metadata.is_dir() && self.excluded.contains(&(metadata.dev(), metadata.ino())));
        if never {
            self.found.ignored.insert(at, IgnoredBy::NeverPart);
        } else if let Some(rule) = ignored {
            self.found.ignored.insert(at, rule);
        } else if metadata.is_dir() {
            self.todo.push(Directory {
                path,
                at,
                outer: rules.clone(),
            });
        } else if metadata.is_symlink() {
            let target = fs::read_link(&path).map_err(unreadable(&path))?;
            let Ok(target) = target.into_os_string().into_string() else {
                return Err(SourceError::NotUtf8 { path });
            };
            self.found.tree.insert(&at, Entry::Symlink { target })?;
        } else if metadata.is_file() {
            let file = self.file(&path)?;
            self.found.tree.insert(&at, file)?;
        } else {
            self.found.ignored.insert(at, IgnoredBy::Special);
        }
        Ok(())
    }

    fn file(&self, path: &Path) -> Result<Entry, SourceError> {
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(i32::try_from(flags.bits()).unwrap_or_default())
            .open(path)
            .map_err(unreadable(path))?;
        let metadata = file.metadata().map_err(unreadable(path))?;
        if !metadata.is_file() {
            return Err(unreadable(path)(io::Error::other(
                "it was replaced while it was read",
            )));
        }
        let (digest, size) = self.blobs.put_file(&file)?;
        Ok(Entry::File {
            digest,
            executable: metadata.permissions().mode() & 0o111 != 0,
            size,
        })
    }
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> SourceError + '_ {
    move |source| SourceError::Unreadable {
        path: path.to_path_buf(),
        source,
    }
}
