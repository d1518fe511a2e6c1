//! Finding the files and links under the declared paths, each once, sorted by the bytes of the path.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType};
use unicode_general_category::{GeneralCategory, get_general_category};

use super::content::Opened;
use super::error::{Fault, ManifestError};
use super::root::Root;
use super::{Kind, Line, content, link};
use crate::digest::Digest;
use crate::parallel::{self, Worker};

/// A file still to be hashed, or a link.
pub(super) struct Found {
    /// The path to record.
    pub(super) path: String,
    pub(super) what: What,
}

pub(super) enum What {
    /// Where the system has it, relative to the workspace, if not at the recorded path: behind a declared link.
    File(Option<PathBuf>),
    /// Digest of the target.
    Link(Digest),
}

impl Found {
    fn new(path: PathBuf, what: What) -> Result<Self, ManifestError> {
        let path = path
            .into_os_string()
            .into_string()
            .map_err(|path| ManifestError::at(Path::new(&path), Fault::PathNotUtf8))?;
        let control = if path.is_ascii() {
            path.bytes().any(|byte| byte.is_ascii_control())
        } else {
            path.chars()
                .any(|c| get_general_category(c) == GeneralCategory::Control)
        };
        if control {
            return Err(ManifestError::new(&path, Fault::PathControlCharacter));
        }
        Ok(Self { path, what })
    }

    /// Where the system has it.
    pub(super) fn real(&self) -> &Path {
        match &self.what {
            What::File(Some(behind)) => behind,
            _ => Path::new(&self.path),
        }
    }

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
        found: Vec::new(),
        entered: HashSet::new(),
    };
    for (spelled, path) in declared.iter().zip(&normal) {
        walk.look_up(spelled, path)?;
    }
    let mut found = walk.found;
    // Stable: of a path that is found twice the first counts.
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|later, first| later.path == first.path);
    Ok(found)
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
pub(super) fn open_again(root: &Root<'_>, path: &Path) -> Result<Opened, Fault> {
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
    found: Vec<Found>,
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
            let link = self.link(path, target)?;
            self.found.push(Found::new(path.to_path_buf(), link)?);
            return Ok(());
        }
        let real = self.root.locate(&joined).map_err(at_declared)?;
        if kind.is_dir() {
            self.directory(path.to_path_buf(), real)
        } else if kind.is_file() {
            let behind = (real != path).then_some(real);
            let file = Found::new(path.to_path_buf(), What::File(behind))?;
            self.found.push(file);
            Ok(())
        } else {
            Err(at_declared(Fault::NotARegularFile))
        }
    }

    /// Everything below one directory, level by level, so that depth costs no call stack and the directories of a level
    /// are read on all cores. Of several faults the first of the first level that has one is reported, every time.
    fn directory(&mut self, path: PathBuf, real: PathBuf) -> Result<(), ManifestError> {
        let mut level = vec![(path, real)];
        while !level.is_empty() {
            level.retain(|(path, real)| self.entered.insert((path.clone(), real.clone())));
            let contents = parallel::in_order(&level, 1, |(path, real), _| self.read(path, real))?;
            level.clear();
            for Contents { found, directories } in contents {
                self.found.extend(found);
                level.extend(directories);
            }
        }
        Ok(())
    }

    fn read(&self, path: &Path, real: &Path) -> Result<Contents, ManifestError> {
        if !self.root.go_on()() {
            let called_off = Fault::Unreadable(std::io::Error::other("called off"));
            return Err(ManifestError::at(path, called_off));
        }
        let at = |fault| ManifestError::at(path, fault);
        let handle = self.root.open_directory(real).map_err(at)?;
        let names = names(&handle).map_err(at)?;
        let same = path == real;
        let mut contents = Contents {
            found: Vec::with_capacity(names.len()),
            directories: Vec::new(),
        };
        for (name, kind) in names {
            let name = OsStr::from_bytes(&name);
            let path = join(path, name);
            let what = match kind {
                FileType::Directory => {
                    contents.directories.push((path, join(real, name)));
                    continue;
                }
                FileType::RegularFile => What::File((!same).then(|| join(real, name))),
                FileType::Symlink => {
                    let target = rustix::fs::readlinkat(&handle, name, Vec::new())
                        .map_err(|errno| ManifestError::at(&path, errno))?;
                    self.link(&path, target.into_bytes())?
                }
                _ => return Err(ManifestError::at(&path, Fault::NotARegularFile)),
            };
            contents.found.push(Found::new(path, what)?);
        }
        Ok(contents)
    }

    fn link(&self, path: &Path, target: Vec<u8>) -> Result<What, ManifestError> {
        link::judge(self.root, self.declared, path, target)
            .map(What::Link)
            .map_err(|fault| ManifestError::at(path, fault))
    }
}

/// What is in one directory, sorted by the bytes of the names.
struct Contents {
    found: Vec<Found>,
    /// As (recorded, real).
    directories: Vec<(PathBuf, PathBuf)>,
}

/// As [`Path::join`], of a name, with a single piece of memory.
fn join(directory: &Path, name: &OsStr) -> PathBuf {
    let mut path = PathBuf::with_capacity(directory.as_os_str().len() + 1 + name.len());
    path.push(directory);
    path.push(name);
    path
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
