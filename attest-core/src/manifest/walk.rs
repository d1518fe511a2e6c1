//! Finding the files and links under the declared paths, each once, sorted by the bytes of the path.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType};
use unicode_general_category::{GeneralCategory, get_general_category};

use super::error::{Fault, ManifestError};
use super::root::Root;
use super::{Kind, Line, content, link};
use crate::digest::Digest;
use crate::parallel::Worker;

/// A file still to be hashed, or a link.
pub(super) struct Found {
    /// The path to record.
    pub(super) path: String,
    pub(super) what: What,
}

pub(super) enum What {
    /// Where the system has it, relative to the workspace: another path than the recorded one behind a declared link.
    File(PathBuf),
    /// Digest of the target.
    Link(Digest),
}

impl Found {
    pub(super) const fn kind(&self) -> Kind {
        match self.what {
            What::File(_) => Kind::File,
            What::Link(_) => Kind::Symlink,
        }
    }
}

/// Everything under the declared paths.
pub(super) fn find(root: &Root<'_>, declared: &[String]) -> Result<Vec<Found>, ManifestError> {
    let normal = |path: &String| {
        // The system's own interface ends a path at NUL: such a path cannot even be looked up.
        if path.contains('\0') {
            return Err(ManifestError::new(path, Fault::PathControlCharacter));
        }
        root.relative(Path::new(""), Path::new(path))
            .ok_or_else(|| ManifestError::new(path, Fault::PathOutsideWorkspace))
    };
    let normal = declared
        .iter()
        .map(normal)
        .collect::<Result<Vec<PathBuf>, _>>()?;
    let mut walk = Walk {
        root,
        declared: &normal,
        found: BTreeMap::new(),
        entered: HashSet::new(),
    };
    for (spelled, path) in declared.iter().zip(&normal) {
        walk.look_up(spelled, path)?;
    }
    Ok(walk
        .found
        .into_iter()
        .map(|(path, what)| Found { path, what })
        .collect())
}

/// The digest that the place of `line` has now; `None` where nothing of that kind is there any more.
pub(super) fn look_again(
    root: &Root<'_>,
    line: &Line,
    worker: &mut Worker,
) -> Result<Option<Digest>, ManifestError> {
    let path = Path::new(&line.path);
    let now = match line.kind {
        Kind::File => {
            open_again(root, path).and_then(|file| content::digest_of(root, file, worker))
        }
        Kind::Symlink => behind_links(root, path)
            .and_then(|real| root.read_link(&real))
            .map(|target| Digest::of(&target)),
    };
    match now {
        Ok(digest) => Ok(Some(digest)),
        Err(Fault::Unreadable(error)) => {
            Err(ManifestError::new(&line.path, Fault::Unreadable(error)))
        }
        Err(_) => Ok(None),
    }
}

/// The file of a recorded path, opened without following a link at its end: a file that has become one is changed,
/// wherever it leads. One in the middle was followed when it was recorded, and is followed while it stays inside.
pub(super) fn open_again(root: &Root<'_>, path: &Path) -> Result<File, Fault> {
    content::open(root, path).or_else(|fault| match fault {
        Fault::NotARegularFile => content::open(root, &behind_links(root, path)?),
        fault => Err(fault),
    })
}

/// Where the system finds `path`, links in its middle followed and a last one not.
fn behind_links(root: &Root<'_>, path: &Path) -> Result<PathBuf, Fault> {
    let parent = root.locate(&root.join(path.parent().unwrap_or(Path::new(""))))?;
    Ok(parent.join(path.file_name().unwrap_or_default()))
}

struct Walk<'a> {
    root: &'a Root<'a>,
    declared: &'a [PathBuf],
    found: BTreeMap<String, What>,
    /// Directories walked already, as (recorded, real): paths may be declared in many spellings, and inside each other.
    entered: HashSet<(PathBuf, PathBuf)>,
}

impl Walk<'_> {
    /// A declared path, looked up as the system does: a trailing `/` follows a last link, the text `x/..` needs an `x`.
    fn look_up(&mut self, spelled: &str, path: &Path) -> Result<(), ManifestError> {
        let at_declared = |fault: Fault| ManifestError::new(spelled, fault);
        let joined = self.root.join(Path::new(spelled));
        let kind = std::fs::symlink_metadata(&joined)
            .map_err(|error| at_declared(looked_up(error)))?
            .file_type();
        if kind.is_symlink() {
            // Only the way to the link is followed, not the link.
            let real = behind_links(self.root, Path::new(spelled)).map_err(at_declared)?;
            let target = self.root.read_link(&real).map_err(at_declared)?;
            return self.link(path, target);
        }
        let real = self.root.locate(&joined).map_err(at_declared)?;
        if kind.is_dir() {
            self.directory(path.to_path_buf(), real)
        } else if kind.is_file() {
            self.record(path, What::File(real))
        } else {
            Err(at_declared(Fault::NotARegularFile))
        }
    }

    /// Everything below one directory. The names of each are sorted, so that of several faults the same one is
    /// reported every time; a stack of our own, so that depth costs no call stack.
    fn directory(&mut self, path: PathBuf, real: PathBuf) -> Result<(), ManifestError> {
        let mut pending = vec![(path, real)];
        while let Some((path, real)) = pending.pop() {
            if !self.root.go_on()() {
                let called_off = Fault::Unreadable(std::io::Error::other("called off"));
                return Err(ManifestError::at(&path, called_off));
            }
            if !self.entered.insert((path.clone(), real.clone())) {
                continue;
            }
            let first = pending.len();
            let handle = self
                .root
                .open_directory(&real)
                .map_err(|fault| ManifestError::at(&path, fault))?;
            for (name, kind) in names(&handle).map_err(|fault| ManifestError::at(&path, fault))? {
                let (path, name) = (
                    path.join(OsStr::from_bytes(&name)),
                    OsStr::from_bytes(&name),
                );
                match kind {
                    FileType::Directory => pending.push((path, real.join(name))),
                    FileType::RegularFile => self.record(&path, What::File(real.join(name)))?,
                    FileType::Symlink => {
                        let target = rustix::fs::readlinkat(&handle, name, Vec::new());
                        self.link(
                            &path,
                            target
                                .map_err(|errno| ManifestError::at(&path, errno))?
                                .into_bytes(),
                        )?;
                    }
                    _ => return Err(ManifestError::at(&path, Fault::NotARegularFile)),
                }
            }
            if let Some(children) = pending.get_mut(first..) {
                children.reverse();
            }
        }
        Ok(())
    }

    fn link(&mut self, path: &Path, target: Vec<u8>) -> Result<(), ManifestError> {
        let digest = link::judge(self.root, self.declared, path, target)
            .map_err(|fault| ManifestError::at(path, fault))?;
        self.record(path, What::Link(digest))
    }

    fn record(&mut self, path: &Path, what: What) -> Result<(), ManifestError> {
        let text = path
            .to_str()
            .ok_or_else(|| ManifestError::at(path, Fault::PathNotUtf8))?;
        if text
            .chars()
            .any(|c| get_general_category(c) == GeneralCategory::Control)
        {
            return Err(ManifestError::at(path, Fault::PathControlCharacter));
        }
        self.found.entry(text.to_owned()).or_insert(what);
        Ok(())
    }
}

/// A loop of links leads to nothing, and no name is longer than the system's longest.
fn looked_up(error: std::io::Error) -> Fault {
    use rustix::io::Errno;
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::LOOP | Errno::NAMETOOLONG) => Fault::NotFound,
        _ => error.into(),
    }
}

/// The entries of a directory, sorted by the bytes of their names.
fn names(handle: &OwnedFd) -> Result<Vec<(Vec<u8>, FileType)>, Fault> {
    let mut names = Vec::new();
    for entry in rustix::fs::Dir::read_from(handle)? {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let kind = match entry.file_type() {
            // Some file systems do not say.
            FileType::Unknown => FileType::from_raw_mode(
                rustix::fs::statat(handle, name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode,
            ),
            kind => kind,
        };
        names.push((name.to_bytes().to_vec(), kind));
    }
    names.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    Ok(names)
}
