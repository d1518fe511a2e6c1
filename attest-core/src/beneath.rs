//! Opening what lies beneath an open directory, without following any link, at the end or on the way.

use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

/// Opens `path`: relative, its parts names alone; empty for the directory itself.
pub(crate) fn open(directory: &OwnedFd, path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::ResolveFlags;
        use rustix::io::Errno;
        let no_links = ResolveFlags::NO_SYMLINKS;
        match rustix::fs::openat2(directory, path, flags, Mode::empty(), no_links) {
            // An old kernel, or a sandbox that does not know the call.
            Err(Errno::NOSYS | Errno::PERM) => {}
            answer => return answer,
        }
    }
    by_parts(directory, path, flags)
}

/// One part at a time, so that no link in the middle is followed either.
fn by_parts(directory: &OwnedFd, path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    let step = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut directory = rustix::fs::openat(directory, ".", step, Mode::empty())?;
    for part in path.parent().unwrap_or(Path::new("")) {
        directory = rustix::fs::openat(&directory, part, step, Mode::empty())?;
    }
    rustix::fs::openat(
        &directory,
        path.file_name().unwrap_or(".".as_ref()),
        flags,
        Mode::empty(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_link_is_followed() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("a/b")).unwrap();
        std::fs::write(dir.path().join("a/b/c"), "x").unwrap();
        std::os::unix::fs::symlink("a", dir.path().join("l")).unwrap();
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = rustix::fs::open(dir.path(), flags, Mode::empty()).unwrap();
        let ways: [fn(&OwnedFd, &Path, OFlags) -> _; 2] = [open, by_parts];
        for open in ways {
            assert!(open(&handle, Path::new("a/b/c"), flags).is_ok());
            assert!(open(&handle, Path::new("."), flags | OFlags::DIRECTORY).is_ok());
            assert!(open(&handle, Path::new("l/b/c"), flags).is_err());
            assert!(open(&handle, Path::new("l"), flags).is_err());
        }
    }
}
