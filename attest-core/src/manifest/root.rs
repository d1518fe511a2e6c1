//! The workspace as two paths and one open handle: the text that links are judged by, the real place that nothing
//! may leave, and the handle that everything is opened from.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use super::error::{Fault, ManifestError};

/// An open workspace.
pub(super) struct Root {
    /// Absolute and normalised, links not resolved.
    text: PathBuf,
    /// Absolute, every link resolved.
    real: PathBuf,
    handle: OwnedFd,
}

impl Root {
    pub(super) fn open(workspace: &Path) -> Result<Self, ManifestError> {
        let unreadable = |error| ManifestError::at(workspace, Fault::Unreadable(error));
        let real = std::fs::canonicalize(workspace).map_err(unreadable)?;
        let absolute = std::path::absolute(workspace).map_err(unreadable)?;
        // `..` in the root itself is a question for the system, not for the text.
        let text = if absolute
            .components()
            .any(|part| part == Component::ParentDir)
        {
            real.clone()
        } else {
            normalize(&absolute)
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let handle = rustix::fs::open(&real, flags, Mode::empty())
            .map_err(|errno| unreadable(errno.into()))?;
        Ok(Self { text, real, handle })
    }

    /// `path` joined to the workspace, spelled as it is.
    pub(super) fn join(&self, path: &Path) -> PathBuf {
        self.text.join(path)
    }

    /// The relative path that `path` (relative to `base`, itself relative to the workspace) names as text: without
    /// `.`, `..` and empty parts. `None` where it leaves the workspace.
    pub(super) fn relative(&self, base: &Path, path: &Path) -> Option<PathBuf> {
        let whole = normalize(&self.text.join(base).join(path));
        whole.strip_prefix(&self.text).ok().map(Path::to_path_buf)
    }

    /// Where the system finds `joined`, relative to the workspace, every link resolved.
    pub(super) fn locate(&self, joined: &Path) -> Result<PathBuf, Fault> {
        let real = std::fs::canonicalize(joined)?;
        real.strip_prefix(&self.real)
            .map(Path::to_path_buf)
            .map_err(|_| Fault::PathOutsideWorkspace)
    }

    pub(super) fn open_directory(&self, real: &Path) -> Result<OwnedFd, Fault> {
        Ok(self.open_beneath(real, OFlags::RDONLY | OFlags::DIRECTORY)?)
    }

    /// Opens without waiting (a FIFO would) and without following any link.
    pub(super) fn open_file(&self, real: &Path) -> Result<File, Fault> {
        Ok(self
            .open_beneath(real, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY)?
            .into())
    }

    /// The target of the link at `real`.
    pub(super) fn read_link(&self, real: &Path) -> Result<Vec<u8>, Fault> {
        let directory = self.open_directory(real.parent().unwrap_or(Path::new("")))?;
        let name = real.file_name().unwrap_or_default();
        Ok(rustix::fs::readlinkat(&directory, name, Vec::new())?.into_bytes())
    }

    fn open_beneath(&self, real: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
        let real = if real.as_os_str().is_empty() {
            Path::new(".")
        } else {
            real
        };
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::ResolveFlags;
            use rustix::io::Errno;
            match rustix::fs::openat2(
                &self.handle,
                real,
                flags,
                Mode::empty(),
                ResolveFlags::NO_SYMLINKS,
            ) {
                // An old kernel, or a sandbox that does not know the call.
                Err(Errno::NOSYS | Errno::PERM) => {}
                answer => return answer,
            }
        }
        self.open_by_parts(real, flags)
    }

    /// One part at a time, so that no link in the middle is followed either.
    fn open_by_parts(&self, real: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
        let step = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut directory = rustix::fs::openat(&self.handle, ".", step, Mode::empty())?;
        for part in real.parent().unwrap_or(Path::new("")) {
            directory = rustix::fs::openat(&directory, part, step, Mode::empty())?;
        }
        rustix::fs::openat(
            &directory,
            real.file_name().unwrap_or(".".as_ref()),
            flags,
            Mode::empty(),
        )
    }
}

/// The normal form of an absolute path as text; `..` above `/` is `/`.
fn normalize(path: &Path) -> PathBuf {
    let mut normal = PathBuf::from("/");
    for part in path.components() {
        match part {
            Component::Normal(name) => normal.push(name),
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_form_is_text_alone() {
        for (path, expected) in [
            ("/a/b/../c", "/a/c"),
            ("/../..", "/"),
            ("/a//./b/", "/a/b"),
            ("/a/..", "/"),
            ("/a/../../b", "/b"),
        ] {
            assert_eq!(normalize(Path::new(path)), Path::new(expected), "{path}");
        }
    }

    #[test]
    fn opening_by_parts_follows_no_link() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("a/b")).unwrap();
        std::fs::write(dir.path().join("a/b/c"), "x").unwrap();
        std::os::unix::fs::symlink("a", dir.path().join("l")).unwrap();
        let root = Root::open(dir.path()).unwrap();
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        assert!(root.open_by_parts(Path::new("a/b/c"), flags).is_ok());
        assert!(
            root.open_by_parts(Path::new("."), flags | OFlags::DIRECTORY)
                .is_ok()
        );
        assert!(root.open_by_parts(Path::new("l/b/c"), flags).is_err());
        assert!(root.open_by_parts(Path::new("l"), flags).is_err());
        assert!(root.open_beneath(Path::new("l/b/c"), flags).is_err());
    }
}
