//! Receiving content beneath a directory, and putting it in place.
//!
//! What is received lies in `.attest/download-<n>` of the directory, which is never part of a source, until all of it was
//! checked. Everything is opened one part of a path at a time from an open handle, and never through a link.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::plan::{Item, Kind};
use super::{RestoreError, target};
use crate::digest::Digest;

/// Where what is received lies.
const STAGES: &str = ".attest";

/// How many stages one directory has at most: one for each download that goes on, or was killed.
const MOST_STAGES: u32 = 10_000;

const DIRECTORY: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// Outputs on their way into a directory. Dropping it takes away what was not put in place.
///
/// ```
/// use attest_core::restore::{Stage, plan};
/// # use attest_core::receipt::Receipt;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = Receipt::parse(bytes)?;
/// # let here = tempfile::tempdir()?;
/// # let dir = here.path();
/// let stage = Stage::open(dir, plan(receipt.body(), "exec_hello", &[])?)?;
/// for index in 0..stage.items().len() {
///     let mut receiving = stage.receive(index)?;
///     receiving.write(b"echo hello, world\n")?; // as it comes from the server
///     receiving.finish()?;
/// }
/// assert!(!dir.join("out/hello").exists(), "nothing is in place before all of it is right");
/// stage.place()?;
/// assert_eq!(std::fs::read(dir.join("out/hello"))?, b"echo hello, world\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Stage {
    dir: PathBuf,
    root: OwnedFd,
    stages: OwnedFd,
    /// The name of this one among them.
    name: String,
    here: OwnedFd,
    items: Vec<Item>,
}

impl Stage {
    /// Makes ready for these items in `dir`, which is made where it is not there. Whatever is in the way of one of them is
    /// found now.
    ///
    /// # Errors
    /// [`RestoreError::InTheWay`], [`RestoreError::Io`].
    pub fn open(dir: &Path, items: Vec<Item>) -> Result<Self, RestoreError> {
        std::fs::create_dir_all(dir).map_err(|source| RestoreError::Io {
            path: dir.to_owned(),
            source,
        })?;
        // The directory itself is the caller's word: a link is followed here, and nowhere below.
        let root = rustix::fs::open(dir, DIRECTORY - OFlags::NOFOLLOW, Mode::empty())
            .map_err(RestoreError::io(dir))?;
        for item in &items {
            refuse_in_the_way(&root, dir, item)?;
        }
        let failed = || RestoreError::io(dir.join(STAGES));
        let stages = enter(&root, STAGES).map_err(failed())?;
        let name = (1..=MOST_STAGES)
            .map(|n| format!("download-{n}"))
            .find_map(
                |name| match rustix::fs::mkdirat(&stages, name.as_str(), Mode::RWXU) {
                    Ok(()) => Some(Ok(name)),
                    Err(Errno::EXIST) => None,
                    Err(errno) => Some(Err(errno)),
                },
            )
            .unwrap_or(Err(Errno::EXIST))
            .map_err(failed())?;
        let here = rustix::fs::openat(&stages, name.as_str(), DIRECTORY, Mode::empty())
            .map_err(failed())?;
        Ok(Self {
            dir: dir.to_owned(),
            root,
            stages,
            name,
            here,
            items,
        })
    }

    /// What is to be received.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Begins to receive the item at that place of [`items`](Self::items), once.
    ///
    /// # Errors
    /// [`RestoreError::Io`].
    pub fn receive(&self, index: usize) -> Result<Receiving, RestoreError> {
        let Some(item) = self.items.get(index) else {
            return Err(RestoreError::io(&self.dir)(Errno::NOENT));
        };
        let into = match item.kind {
            Kind::Symlink => Into::Link(Vec::new()),
            Kind::File { executable } => {
                let mode = if executable { 0o777 } else { 0o666 };
                let flags = OFlags::WRONLY
                    | OFlags::CREATE
                    | OFlags::EXCL
                    | OFlags::NOFOLLOW
                    | OFlags::CLOEXEC;
                let mode = Mode::from_raw_mode(mode);
                let file = rustix::fs::openat(&self.here, index.to_string(), flags, mode)
                    .map_err(RestoreError::io(self.dir.join(&item.path)))?;
                Into::File(file.into())
            }
        };
        let here = self.here.try_clone().map_err(|source| RestoreError::Io {
            path: self.dir.clone(),
            source,
        })?;
        Ok(Receiving {
            here,
            name: index.to_string(),
            at: self.dir.join(&item.path),
            item: item.clone(),
            into,
            hasher: blake3::Hasher::new(),
            length: 0,
        })
    }

    /// Puts everything in place. Every item has to be received by now. Regular files and links that are there are
    /// replaced; a link is never followed.
    ///
    /// # Errors
    /// [`RestoreError::InTheWay`] where something came in the way meanwhile, [`RestoreError::Io`]: what comes before it in
    /// the order of the paths is in place then, and nothing after it.
    pub fn place(self) -> Result<(), RestoreError> {
        for (index, item) in self.items.iter().enumerate() {
            refuse_in_the_way(&self.root, &self.dir, item)?;
            let failed = || RestoreError::io(self.dir.join(&item.path));
            let (above, name) = item.path.rsplit_once('/').unwrap_or(("", &item.path));
            let mut parent =
                rustix::fs::openat(&self.root, ".", DIRECTORY, Mode::empty()).map_err(failed())?;
            for part in above.split('/').filter(|part| !part.is_empty()) {
                parent = enter(&parent, part).map_err(failed())?;
            }
            rustix::fs::renameat(&self.here, index.to_string(), &parent, name).map_err(failed())?;
        }
        Ok(())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // What is left of it, if anything; nobody else writes here.
        for index in 0..self.items.len() {
            let _ = rustix::fs::unlinkat(&self.here, index.to_string(), AtFlags::empty());
        }
        let _ = rustix::fs::unlinkat(&self.stages, self.name.as_str(), AtFlags::REMOVEDIR);
        // Gone only where nothing else is in it.
        let _ = rustix::fs::unlinkat(&self.root, STAGES, AtFlags::REMOVEDIR);
    }
}

/// Content that comes in.
///
/// ```
/// use attest_core::restore::{RestoreError, Stage, plan};
/// # use attest_core::receipt::Receipt;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = Receipt::parse(bytes)?;
/// # let here = tempfile::tempdir()?;
/// let stage = Stage::open(here.path(), plan(receipt.body(), "exec_hello", &[])?)?;
/// let mut receiving = stage.receive(0)?;
/// receiving.write(b"echo hello, ")?;
/// receiving.write(b"mallory\n")?;
/// assert!(matches!(receiving.finish(), Err(RestoreError::Differs { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Receiving {
    here: OwnedFd,
    name: String,
    /// Where it belongs, for errors.
    at: PathBuf,
    item: Item,
    into: Into,
    hasher: blake3::Hasher,
    length: u64,
}

#[derive(Debug)]
enum Into {
    File(File),
    /// The text so far.
    Link(Vec<u8>),
}

impl Receiving {
    /// The next piece. Blocks.
    ///
    /// # Errors
    /// [`RestoreError::Artifact`] where there is more of it than the server said, [`RestoreError::Io`].
    pub fn write(&mut self, piece: &[u8]) -> Result<(), RestoreError> {
        self.length += piece.len() as u64;
        let most = match (&self.into, self.item.size) {
            (Into::Link(_), _) => target::LONGEST,
            (Into::File(_), size) => size.unwrap_or(u64::MAX),
        };
        if self.length > most {
            return Err(self.refuse(format!("more than {most} bytes of it came")));
        }
        self.hasher.update(piece);
        match &mut self.into {
            Into::Link(text) => text.extend_from_slice(piece),
            Into::File(file) => file.write_all(piece).map_err(|source| RestoreError::Io {
                path: self.at.clone(),
                source,
            })?,
        }
        Ok(())
    }

    /// The end of it. Blocks.
    ///
    /// # Errors
    /// [`RestoreError::Differs`] where it is not what the receipt attests, [`RestoreError::Artifact`] for a link that
    /// points elsewhere, [`RestoreError::Io`].
    pub fn finish(self) -> Result<(), RestoreError> {
        let found = Digest::from(self.hasher.finalize());
        if found != self.item.digest {
            return Err(RestoreError::Differs {
                path: self.item.path,
                expected: self.item.digest,
                found,
            });
        }
        let Into::Link(text) = &self.into else {
            return Ok(());
        };
        let text = std::str::from_utf8(text)
            .map_err(|_| self.refuse("it points to what is not UTF-8".to_owned()))?;
        if let Some(why) = target::issue(&self.item, text) {
            return Err(self.refuse(why));
        }
        rustix::fs::symlinkat(text, &self.here, self.name.as_str())
            .map_err(RestoreError::io(&self.at))
    }

    fn refuse(&self, why: String) -> RestoreError {
        RestoreError::Artifact {
            step: self.item.step.clone(),
            path: self.item.path.clone(),
            why,
        }
    }
}

/// Opens a directory of another, made where it is not there.
fn enter(parent: &OwnedFd, name: &str) -> rustix::io::Result<OwnedFd> {
    match rustix::fs::mkdirat(parent, name, Mode::from_raw_mode(0o777)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(errno) => return Err(errno),
    }
    rustix::fs::openat(parent, name, DIRECTORY, Mode::empty())
}

/// Looks at what is there already: only a regular file or a link may be replaced, and only directories lead there.
fn refuse_in_the_way(root: &OwnedFd, dir: &Path, item: &Item) -> Result<(), RestoreError> {
    let failed = || RestoreError::io(dir.join(&item.path));
    let in_the_way = |at: &str, what| RestoreError::InTheWay {
        path: item.path.clone(),
        at: at.to_owned(),
        what,
    };
    let mut here = rustix::fs::openat(root, ".", DIRECTORY, Mode::empty()).map_err(failed())?;
    let mut end = 0;
    for name in item.path.split('/') {
        end += name.len() + 1;
        let at = item.path.get(..end - 1).unwrap_or(&item.path);
        let last = at.len() == item.path.len();
        let kind = match rustix::fs::statat(&here, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => FileType::from_raw_mode(found.st_mode),
            Err(Errno::NOENT) => return Ok(()),
            Err(errno) => return Err(failed()(errno)),
        };
        match (kind, last) {
            (FileType::RegularFile | FileType::Symlink, true) => {}
            (FileType::Directory, true) => return Err(in_the_way(at, "is a directory")),
            (FileType::Directory, false) => {
                here =
                    rustix::fs::openat(&here, name, DIRECTORY, Mode::empty()).map_err(failed())?;
            }
            (FileType::RegularFile, false) => return Err(in_the_way(at, "is a file")),
            (FileType::Symlink, false) => {
                return Err(in_the_way(at, "is a link, which is not followed"));
            }
            _ => return Err(in_the_way(at, "is neither a file nor a directory")),
        }
    }
    Ok(())
}
