//! Uploading a source: what to ask, what to send, in which order. A rule without I/O.
//!
//! [`Plan`] is told what a directory holds and what the server answered, and says what is next: ask which objects are
//! missing, send a batch of them, name the tree, or be done. How an object becomes bytes is [`Archive`]'s, and who reads
//! the directory and makes the calls is the driver's, both behind the feature `upload`.
//!
//! An upload that broke off is begun again from the start, and sends only what is still missing.

#[cfg(feature = "upload")]
mod archive;
mod batch;
mod plan;
#[cfg(test)]
mod tests;

#[cfg(feature = "upload")]
pub use archive::Archive;
pub use batch::{Batch, MAX_BATCH_BYTES, MAX_BATCH_OBJECTS, batches};
pub use plan::{Next, Plan};

use crate::digest::Digest;

/// A file or a link of a source, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Relative path, `/` between parts.
    pub path: String,
    /// What is there.
    pub what: What,
}

/// What is at a path of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A file.
    File {
        /// Of its content.
        digest: Digest,
        /// Size in bytes.
        size: u64,
        /// Whether any executable bit is set.
        executable: bool,
    },
    /// A symbolic link with this text.
    Symlink(String),
}

/// Content to send: one of the files that hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Of the content.
    pub digest: Digest,
    /// Size in bytes.
    pub size: u64,
    /// The file in the source that it is read from.
    pub path: String,
}

/// What an upload came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uploaded {
    /// `tree:blake3:…`: what an execution's `source` takes.
    pub source: String,
    /// Files and links of the source.
    pub entries: u64,
    /// Size of its files, bytes.
    pub bytes: u64,
    /// Objects that were sent; equal files are one object.
    pub sent_objects: u64,
    /// Size of what was sent, bytes, before it was compressed.
    pub sent_bytes: u64,
    /// Requests that it took.
    pub requests: u64,
}

/// How far an upload has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Files are hashed.
    Hashing {
        /// Files that are read.
        files: u64,
        /// Files in all.
        of_files: u64,
        /// Bytes that are read.
        bytes: u64,
    },
    /// What the server does not have is sent.
    Sending {
        /// Bytes that were sent, before they were compressed.
        bytes: u64,
        /// Bytes to send in all.
        of_bytes: u64,
        /// Objects to send in all.
        of_objects: u64,
    },
}
