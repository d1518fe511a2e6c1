//! Taking a step's declared outputs out of its view, into the store.
//!
//! The manifest decides what counts and what is refused (links out of the view, FIFOs, odd names). What it lists is then
//! read through a handle on the view that cannot be left, and must still have the content the manifest says.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use attest_core::manifest::{self, Kind, Manifest};
use attest_core::source::LONGEST_PATH;
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};

use crate::blob::{BlobError, BlobStore};
use crate::tree::{Entry, Tree, TreeError, normalise};

/// Paths and links of a step's outputs, together, at most, bytes: no receipt could name more, and what is kept of them is
/// read into memory as a whole.
const NAMED: usize = 16 << 20;

/// What was there of the declared outputs.
pub(super) struct Outputs {
    pub(super) manifest: Manifest,
    pub(super) tree: Tree,
    /// Declared outputs that are not there, as spelled.
    pub(super) missing: Vec<String>,
}

impl Outputs {
    /// Of a step that left nothing.
    pub(super) const fn none(missing: Vec<String>) -> Self {
        Self {
            manifest: Manifest {
                run: None,
                lines: Vec::new(),
            },
            tree: Tree::new(),
            missing,
        }
    }
}

/// Why the outputs that are there cannot be taken.
pub(super) enum Failure {
    /// They are not what outputs may be; the message says which.
    Unreadable(String),
    /// The store failed.
    Blob(BlobError),
}

/// Collects what exists of `declared`.
pub(super) fn collect(
    workspace: &Path,
    declared: &[String],
    blobs: &BlobStore,
) -> Result<Outputs, Failure> {
    let root = open_root(workspace)?;
    let (present, missing): (Vec<String>, Vec<String>) = declared
        .iter()
        .cloned()
        .partition(|path| exists(&root, path));
    let manifest = manifest::hash_outputs(workspace, &present).map_err(|error| {
        Failure::Unreadable(format!("a declared output cannot be hashed: {error}"))
    })?;
    let mut room = NAMED;
    let mut name = |text: &str| match room.checked_sub(text.len()) {
        Some(left) => {
            room = left;
            Ok(())
        }
        None => Err(too_many(manifest.lines.len())),
    };
    for line in &manifest.lines {
        if line.path.len() > LONGEST_PATH {
            return Err(too_long(&line.path));
        }
        name(&line.path)?;
    }
    let mut tree = Tree::new();
    for line in &manifest.lines {
        let entry = match line.kind {
            Kind::File => {
                let file = open(&root, &line.path)?;
                let executable = file
                    .metadata()
                    .map_err(|error| unreadable(&line.path, &error))?
                    .permissions()
                    .mode()
                    & 0o111
                    != 0;
                let (digest, size) = blobs.put_file_whole(&file).map_err(Failure::Blob)?;
                if digest != line.digest {
                    return Err(changing(&line.path));
                }
                Entry::File {
                    digest,
                    executable,
                    size,
                }
            }
            Kind::Symlink => {
                let target = read_link(&root, &line.path)?;
                if attest_core::digest::Digest::of(target.as_bytes()) != line.digest {
                    return Err(changing(&line.path));
                }
                if leaves(&line.path, &target) {
                    return Err(leaving(&line.path));
                }
                name(&target)?;
                Entry::Symlink { target }
            }
        };
        insert(&mut tree, &line.path, entry)?;
    }
    for path in present.iter().filter_map(|path| normalise(path)) {
        // What is there and has no line is a directory without a file in it.
        if !path.is_empty() && !tree.contains(&path) {
            insert(&mut tree, &path, Entry::Directory)?;
        }
    }
    Ok(Outputs {
        manifest,
        tree,
        missing,
    })
}

fn insert(tree: &mut Tree, path: &str, entry: Entry) -> Result<(), Failure> {
    tree.insert(path, entry).map_err(|error: TreeError| {
        Failure::Unreadable(format!("a declared output cannot be kept: {error}"))
    })
}

fn open_root(workspace: &Path) -> Result<OwnedFd, Failure> {
    rustix::fs::openat(
        CWD,
        workspace,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .map_err(|errno| unreadable(".", &errno.into()))
}

/// Whether something is at a declared path: a dangling link is, a link's own target need not be in the view.
fn exists(root: impl AsFd, path: &str) -> bool {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    !matches!(
        rustix::fs::openat2(root, path, flags, Mode::empty(), ResolveFlags::BENEATH),
        Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR)
    )
}

fn open(root: impl AsFd, path: &str) -> Result<File, Failure> {
    // A FIFO that took the file's place would otherwise hold us up for ever.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let handle = rustix::fs::openat2(root, path, flags, Mode::empty(), ResolveFlags::BENEATH)
        .map_err(|errno| unreadable(path, &errno.into()))?;
    Ok(File::from(handle))
}

fn read_link(root: impl AsFd, path: &str) -> Result<String, Failure> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let handle = rustix::fs::openat2(root, path, flags, Mode::empty(), ResolveFlags::BENEATH)
        .map_err(|errno| unreadable(path, &errno.into()))?;
    let target = rustix::fs::readlinkat(&handle, "", Vec::new())
        .map_err(|errno| unreadable(path, &errno.into()))?;
    target.into_string().map_err(|_| changing(path))
}

fn unreadable(path: &str, error: &std::io::Error) -> Failure {
    Failure::Unreadable(format!(
        "the declared output {path:?} cannot be read: {error}"
    ))
}

/// Whether a link, followed as text, leaves the workspace on its way, be it to come back by its name.
fn leaves(path: &str, target: &str) -> bool {
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    target.starts_with('/') || normalise(&format!("./{parent}/{target}")).is_none()
}

/// The name of a step's directory ends with the step. Another step's may have it later: what the link shows would then be
/// no part of what it was looked up by.
fn leaving(path: &str) -> Failure {
    Failure::Unreadable(format!(
        "the link {path:?} in a declared output goes by the name of the step's own directory, which ends with the step; \
         make it relative"
    ))
}

/// As of a source: in a later step's directory there would be no room for a longer one.
fn too_long(path: &str) -> Failure {
    const SHOWN: usize = 100;
    let shown: String = path.chars().take(SHOWN).collect();
    Failure::Unreadable(format!(
        "the declared output {shown:?}… has a path of {} bytes; at most {LONGEST_PATH} are kept",
        path.len()
    ))
}

fn too_many(count: usize) -> Failure {
    Failure::Unreadable(format!(
        "the declared outputs are {count} files and links whose names take more than {} MiB, more than a receipt can \
         hold; declare fewer, or one archive of them",
        NAMED >> 20
    ))
}

fn changing(path: &str) -> Failure {
    Failure::Unreadable(format!(
        "the declared output {path:?} still changed after the step had ended"
    ))
}
