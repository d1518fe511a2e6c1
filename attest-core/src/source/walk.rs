//! Walking a directory.

use std::ffi::{CStr, OsStr};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat};

use super::contents::{Contents, Entry};
use super::ignored::IgnoredBy;
use super::rules::Rules;
use super::{LONGEST_PATH, MOST_ENTRIES, SourceError};
use crate::beneath;

/// Names that are never part of a source, at any depth (`.git` is a file in a worktree).
const NEVER: [&str; 2] = [".git", ".attest"];

/// What `dir` holds as a source. Blocks; no file is read but the ignore files.
///
/// `exclude` are directories to leave out wherever they are, however they are spelled.
///
/// # Errors
/// [`SourceError`], which names the file.
pub fn list(dir: &Path, exclude: &[PathBuf]) -> Result<Contents, SourceError> {
    list_up_to(MOST_ENTRIES, dir, exclude)
}

fn list_up_to(most: usize, dir: &Path, exclude: &[PathBuf]) -> Result<Contents, SourceError> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let handle =
        rustix::fs::open(dir, flags, Mode::empty()).map_err(SourceError::unreadable(dir, ""))?;
    let excluded = exclude
        .iter()
        .filter_map(|path| rustix::fs::stat(path).ok())
        .collect();
    let mut walk = Walk {
        most,
        excluded,
        found: Contents {
            dir: dir.to_path_buf(),
            handle,
            entries: Default::default(),
            ignored: Default::default(),
        },
        todo: vec![Directory {
            at: String::new(),
            outer: Rules::default(),
        }],
    };
    while let Some(directory) = walk.todo.pop() {
        walk.enter(&directory)?;
    }
    Ok(walk.found)
}

struct Walk {
    /// Entries, and things left out.
    most: usize,
    /// Told by device and inode, so that no spelling of the path gets past.
    excluded: Vec<Stat>,
    found: Contents,
    /// Directories still to be read: a list, not recursion, so that depth costs no stack; one is open at a time.
    todo: Vec<Directory>,
}

struct Directory {
    /// Relative to the source; empty for the source itself.
    at: String,
    outer: Rules,
}

impl Walk {
    fn enter(&mut self, directory: &Directory) -> Result<(), SourceError> {
        let dir = self.found.dir.clone();
        let unreadable = || SourceError::unreadable(&dir, &directory.at);
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let handle = beneath::open(&self.found.handle, Path::new(&directory.at), flags)
            .map_err(unreadable())?;
        let rules = directory
            .outer
            .within(&handle, &directory.at)
            .map_err(|(file, issue)| SourceError::Rules {
                path: dir.join(file),
                issue,
            })?;
        for entry in Dir::read_from(&handle).map_err(unreadable())? {
            let entry = entry.map_err(unreadable())?;
            if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
                self.take(directory, &handle, &rules, entry.file_name())?;
            }
        }
        Ok(())
    }

    fn take(
        &mut self,
        directory: &Directory,
        handle: &OwnedFd,
        rules: &Rules,
        name: &CStr,
    ) -> Result<(), SourceError> {
        let bytes = OsStr::from_bytes(name.to_bytes());
        let at = Path::new(&directory.at).join(bytes);
        let unreadable = || SourceError::unreadable(&self.found.dir, &at);
        let found =
            rustix::fs::statat(handle, name, AtFlags::SYMLINK_NOFOLLOW).map_err(unreadable())?;
        let kind = FileType::from_raw_mode(found.st_mode);
        let ignored = rules.ignores(&at, kind == FileType::Directory);
        let Some(at) = at.to_str().map(str::to_owned) else {
            // What a rule leaves out may have any name.
            let path = self.found.dir.join(at);
            return ignored.map_or(Err(SourceError::NotUtf8 { path }), |_| Ok(()));
        };
        if NEVER.iter().any(|never| bytes == *never) || self.is_excluded(kind, &found) {
            self.leave_out(at, IgnoredBy::NeverPart)
        } else if let Some(rule) = ignored {
            self.leave_out(at, rule)
        } else if at.len() > LONGEST_PATH {
            Err(SourceError::too_long(&at))
        } else {
            match kind {
                FileType::Directory => {
                    self.todo.push(Directory {
                        at,
                        outer: rules.clone(),
                    });
                    Ok(())
                }
                FileType::RegularFile => {
                    let file = Entry::File {
                        executable: found.st_mode & 0o111 != 0,
                        size: u64::try_from(found.st_size).unwrap_or_default(),
                    };
                    self.insert(at, file)
                }
                FileType::Symlink => {
                    let target =
                        rustix::fs::readlinkat(handle, name, Vec::new()).map_err(unreadable())?;
                    let Ok(target) = target.into_string() else {
                        let path = self.found.dir.join(at);
                        return Err(SourceError::NotUtf8 { path });
                    };
                    self.insert(at, Entry::Symlink { target })
                }
                _ => self.leave_out(at, IgnoredBy::Special),
            }
        }
    }

    fn is_excluded(&self, kind: FileType, found: &Stat) -> bool {
        let same =
            |excluded: &Stat| (excluded.st_dev, excluded.st_ino) == (found.st_dev, found.st_ino);
        kind == FileType::Directory && self.excluded.iter().any(same)
    }

    fn insert(&mut self, at: String, entry: Entry) -> Result<(), SourceError> {
        self.found.entries.insert(at, entry);
        self.refuse_too_many()
    }

    fn leave_out(&mut self, at: String, by: IgnoredBy) -> Result<(), SourceError> {
        self.found.ignored.insert(at, by);
        self.refuse_too_many()
    }

    fn refuse_too_many(&self) -> Result<(), SourceError> {
        if self.found.entries.len() + self.found.ignored.len() > self.most {
            return Err(SourceError::TooMany {
                path: self.found.dir.clone(),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_limit_on_what_is_listed_and_on_what_is_left_out() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c", ".attestignore"] {
            std::fs::write(dir.path().join(name), "b\nc\n").unwrap();
        }
        assert!(list_up_to(4, dir.path(), &[]).is_ok());
        let refused = list_up_to(3, dir.path(), &[]).unwrap_err();
        assert!(matches!(refused, SourceError::TooMany { .. }), "{refused}");
    }
}
