//! The way to a path beneath an open directory: one part after the other, and never through a link.

use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::RestoreError;

pub(super) const DIRECTORY: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// What is to be at the end of a way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A file or a link, in the place of one that is there.
    Content,
    /// A directory, which may be there.
    Directory,
}

/// Opens a directory of another, made where it is not there.
pub(super) fn enter(parent: &OwnedFd, name: &str) -> rustix::io::Result<OwnedFd> {
    match rustix::fs::mkdirat(parent, name, Mode::from_raw_mode(0o777)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(errno) => return Err(errno),
    }
    rustix::fs::openat(parent, name, DIRECTORY, Mode::empty())
}

/// Opens the directory at `path` (`""` is `root` itself), made with those above it where they are not there.
pub(super) fn make(root: &OwnedFd, path: &str) -> rustix::io::Result<OwnedFd> {
    let mut here = rustix::fs::openat(root, ".", DIRECTORY, Mode::empty())?;
    for part in path.split('/').filter(|part| !part.is_empty()) {
        here = enter(&here, part)?;
    }
    Ok(here)
}

/// Looks at what is there already: only a regular file or a link may be replaced, and only directories lead there.
pub(super) fn check(
    root: &OwnedFd,
    dir: &Path,
    path: &str,
    wanted: Wanted,
) -> Result<(), RestoreError> {
    let failed = || RestoreError::io(dir.join(path));
    let in_the_way = |at: &str, what| RestoreError::InTheWay {
        path: path.to_owned(),
        at: at.to_owned(),
        what,
    };
    let mut here = rustix::fs::openat(root, ".", DIRECTORY, Mode::empty()).map_err(failed())?;
    let mut end = 0;
    for name in path.split('/') {
        end += name.len() + 1;
        let at = path.get(..end - 1).unwrap_or(path);
        let last = at.len() == path.len();
        let replaced = last && wanted == Wanted::Content;
        let kind = match rustix::fs::statat(&here, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => FileType::from_raw_mode(found.st_mode),
            Err(Errno::NOENT) => return Ok(()),
            Err(errno) => return Err(failed()(errno)),
        };
        match kind {
            FileType::RegularFile | FileType::Symlink if replaced => {}
            FileType::Directory if replaced => return Err(in_the_way(at, "is a directory")),
            FileType::Directory if last => {}
            FileType::Directory => {
                here =
                    rustix::fs::openat(&here, name, DIRECTORY, Mode::empty()).map_err(failed())?;
            }
            FileType::RegularFile => return Err(in_the_way(at, "is a file")),
            FileType::Symlink => return Err(in_the_way(at, "is a link, which is not followed")),
            _ => return Err(in_the_way(at, "is neither a file nor a directory")),
        }
    }
    Ok(())
}
