//! Content-addressed files: what a source, a tree and a step's outputs are made of.
//!
//! A blob's name is the BLAKE3 of its bytes. Writing goes to a temporary file, is hashed on the way and becomes visible by
//! a rename that replaces nothing, so that a half-written blob never has a name. Reading verifies: a blob that is not what
//! its name says is moved aside and reported as [`BlobError::Corrupt`], never handed out.
//!
//! A blob's modification time says when it was last stored, [leased](BlobStore::lease) or used; what has been idle for
//! longer than [`IDLE`] can be removed, and nothing else goes by itself: what is still needed is `gc`'s to know.
//!
//! This is not the cache of results (`cache`), and not a place for mutable files.

mod count;
mod error;
mod lease;
mod read;
mod remove;
mod shards;
mod write;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use attest_core::digest::Digest;

use crate::host::Host;
use shards::Shards;

pub use count::Count;
pub use error::BlobError;
pub use lease::{IDLE, LEASE};

/// Bytes moved by one read or write.
const BUFFER: usize = 256 * 1024;
/// Where half-written blobs live.
const TEMPORARY: &str = "tmp";
/// Where blobs go that are not what their name says.
const QUARANTINE: &str = "quarantine";

/// The store of blobs under one directory. Clones are cheap and share it; all methods block.
///
/// One process at a time may have a directory open (the server's lock on its data directory sees to it): opening clears
/// away what an earlier process left half-written.
#[derive(Clone, Debug)]
pub struct BlobStore {
    inner: Arc<Inner>,
}

struct Inner {
    root: PathBuf,
    /// Whose clock says when a blob was used.
    host: Host,
    /// Guards the names.
    shards: Shards,
    /// Numbers temporary and quarantined files; unique because one process has the store open.
    counter: AtomicU64,
    /// Blobs that were given a name, counted under the lock of their shard: whoever finds one there finds it counted. One
    /// stands for what an earlier process may have left in the system's memory.
    named: AtomicU64,
    /// How many of those are known to be on disk.
    durable: AtomicU64,
    /// Set when the file system turned out to have no reflinks, so that each restore does not ask again.
    no_reflink: AtomicBool,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("BlobStore")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

impl BlobStore {
    /// [`BlobStore::open_with`] the system's clock.
    ///
    /// # Errors
    /// [`BlobError::Io`] where the directory cannot be made or written.
    pub fn open(dir: &Path) -> Result<Self, BlobError> {
        Self::open_with(dir, Host::system())
    }

    /// Opens the store in `dir`, making the directory (mode 0700) where there is none.
    ///
    /// # Errors
    /// [`BlobError::Io`] where the directory cannot be made or written.
    pub fn open_with(dir: &Path, host: Host) -> Result<Self, BlobError> {
        let temporary = dir.join(TEMPORARY);
        if temporary.symlink_metadata().is_ok() {
            fs::remove_dir_all(&temporary)
                .map_err(BlobError::io("clear half-written blobs in", &temporary))?;
        }
        for path in [dir.to_path_buf(), temporary, dir.join(QUARANTINE)] {
            private_directory(&path).map_err(BlobError::io("make the directory", &path))?;
        }
        Ok(Self {
            inner: Arc::new(Inner {
                root: dir.to_path_buf(),
                host,
                shards: Shards::new(),
                counter: AtomicU64::new(0),
                named: AtomicU64::new(1),
                durable: AtomicU64::new(0),
                no_reflink: AtomicBool::new(false),
            }),
        })
    }

    /// Makes everything that was put so far durable. Call it before a database row names a new blob. Costs nothing where
    /// nothing was put since the last time.
    ///
    /// # Errors
    /// [`BlobError::Io`] where the file system reports that data may be lost.
    pub fn sync(&self) -> Result<(), BlobError> {
        let named = self.inner.named.load(Ordering::SeqCst);
        if self.inner.durable.load(Ordering::SeqCst) >= named {
            return Ok(());
        }
        let root = &self.inner.root;
        let handle = fs::File::open(root).map_err(BlobError::io("open", root))?;
        rustix::fs::syncfs(&handle)
            .map_err(|errno| BlobError::io("make durable the blobs in", root)(errno.into()))?;
        self.inner.durable.fetch_max(named, Ordering::SeqCst);
        Ok(())
    }

    /// Two levels of fan-out: a directory of a million entries is slow to list and to check.
    fn path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        let (first, second) = (hex.get(..2).unwrap_or(""), hex.get(2..4).unwrap_or(""));
        self.inner.root.join(first).join(second).join(&hex)
    }
}

fn private_directory(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}
