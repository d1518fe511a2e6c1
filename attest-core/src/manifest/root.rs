//! The workspace as two paths and one open handle: the text that links are judged by, the real place that nothing
//! may leave, and the handle that everything is opened from.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use super::error::{Fault, ManifestError};
use crate::beneath;
use crate::content::GoOn;

/// An open workspace.
pub(super) struct Root<'a> {
    /// Absolute and normalised, links not resolved.
    text: PathBuf,
    /// Absolute, every link resolved.
    real: PathBuf,
    handle: OwnedFd,
    go_on: GoOn<'a>,
}

impl<'a> Root<'a> {
    pub(super) fn open(workspace: &Path, go_on: GoOn<'a>) -> Result<Self, ManifestError> {
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
        Ok(Self {
            text,
            real,
            handle,
            go_on,
        })
    }

    /// Whether the caller still wants the answer.
    pub(super) fn go_on(&self) -> GoOn<'a> {
        self.go_on
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
        Ok(beneath::open(
            &self.handle,
            real,
            OFlags::RDONLY | OFlags::DIRECTORY,
        )?)
    }

    /// As [`open_file`].
    pub(super) fn open_file(&self, real: &Path) -> Result<File, Fault> {
        open_file(&self.handle, real)
    }

    /// The target of the link at `real`.
    pub(super) fn read_link(&self, real: &Path) -> Result<Vec<u8>, Fault> {
        let directory = self.open_directory(real.parent().unwrap_or(Path::new("")))?;
        let name = real.file_name().unwrap_or_default();
        Ok(rustix::fs::readlinkat(&directory, name, Vec::new())?.into_bytes())
    }
}

/// Opens a file beneath a directory, without waiting (a FIFO would) and without following any link.
pub(super) fn open_file(directory: &OwnedFd, path: &Path) -> Result<File, Fault> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
    Ok(beneath::open(directory, path, flags)?.into())
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
}
