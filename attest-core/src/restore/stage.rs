//! Receiving content beneath a directory, and putting it in place.
//!
//! What is received lies in `.attest/download-<n>` of the directory, which is never part of a source, until all of it was
//! checked. Everything is opened one part of a path at a time from an open handle, and never through a link.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::item::{Item, Kind};
use super::plan::Plan;
use super::receiving::Content;
use super::way::{self, DIRECTORY, Wanted};
use super::{Directory, Receiving, RestoreError};

/// Where what is received lies.
const STAGES: &str = ".attest";

/// How many stages one directory has at most: one for each download that goes on, or was killed.
const MOST_STAGES: u32 = 10_000;

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
    directories: Vec<Directory>,
}

impl Stage {
    /// Makes ready for all of a plan in `dir`, which is made where it is not there. Whatever is in the way of something in
    /// it is found now.
    ///
    /// # Errors
    /// [`RestoreError::InTheWay`], [`RestoreError::Io`].
    pub fn open(dir: &Path, plan: Plan) -> Result<Self, RestoreError> {
        std::fs::create_dir_all(dir).map_err(|source| RestoreError::Io {
            path: dir.to_owned(),
            source,
        })?;
        // The directory itself is the caller's word: a link is followed here, and nowhere below.
        let root = rustix::fs::open(dir, DIRECTORY - OFlags::NOFOLLOW, Mode::empty())
            .map_err(RestoreError::io(dir))?;
        let Plan { items, directories } = plan;
        for item in &items {
            way::check(&root, dir, &item.path, Wanted::Content)?;
        }
        for directory in &directories {
            way::check(&root, dir, &directory.path, Wanted::Directory)?;
        }
        let failed = || RestoreError::io(dir.join(STAGES));
        let stages = way::enter(&root, STAGES).map_err(failed())?;
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
            directories,
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
        let content = match item.kind {
            Kind::Symlink => Content::Link(Vec::new()),
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
                Content::File(file.into())
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
            content,
            hasher: blake3::Hasher::new(),
            length: 0,
        })
    }

    /// Puts everything in place, the directories last. Every item has to be received by now. Regular files and links that
    /// are there are replaced by an item; a link is never followed.
    ///
    /// # Errors
    /// [`RestoreError::InTheWay`] where something came in the way meanwhile, [`RestoreError::Io`]: what comes before it in
    /// the order of the paths is in place then, and nothing after it.
    pub fn place(self) -> Result<(), RestoreError> {
        for (index, item) in self.items.iter().enumerate() {
            way::check(&self.root, &self.dir, &item.path, Wanted::Content)?;
            let (above, name) = item.path.rsplit_once('/').unwrap_or(("", &item.path));
            way::make(&self.root, above)
                .and_then(|parent| {
                    rustix::fs::renameat(&self.here, index.to_string(), &parent, name)
                })
                .map_err(RestoreError::io(self.dir.join(&item.path)))?;
        }
        for Directory { path, .. } in &self.directories {
            way::check(&self.root, &self.dir, path, Wanted::Directory)?;
            way::make(&self.root, path).map_err(RestoreError::io(self.dir.join(path)))?;
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
