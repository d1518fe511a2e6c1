//! Uploading a source: what to ask, what to send, in which order. A rule without I/O.
//!
//! [`Plan`] is told what a directory holds and what the server answered, and says what is next: ask which objects are
//! missing, send a batch of them, name the tree, or be done. How an object becomes bytes is `Archive`'s, and who reads
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
///
/// ```
/// use attest_core::client::upload::{Entry, What};
/// use attest_core::digest::Digest;
///
/// let content = b"int main(void) {}\n";
/// let file = What::File { digest: Digest::of(content), size: 18, executable: false };
/// let entry = Entry { path: "src/main.c".to_owned(), what: file };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Relative path, `/` between parts.
    pub path: String,
    /// What is there.
    pub what: What,
}

/// What is at a path of a source.
///
/// ```
/// use attest_core::client::upload::What;
///
/// /// How much of it may have to be sent.
/// fn bytes(what: &What) -> u64 {
///     match what {
///         What::File { size, .. } => *size,
///         What::Symlink(_) => 0, // its text is in the tree
///     }
/// }
/// assert_eq!(bytes(&What::Symlink("main.c".to_owned())), 0);
/// ```
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
///
/// ```
/// use attest_core::client::upload::Object;
/// use attest_core::digest::Digest;
///
/// let object = Object { digest: Digest::of(b"buy milk"), size: 8, path: "notes".to_owned() };
/// let name_in_the_archive = object.digest.hex();
/// # assert_eq!(name_in_the_archive.len(), 64);
/// ```
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
///
/// ```
/// use attest_core::client::upload::Uploaded;
///
/// # let uploaded = Uploaded { source: "tree:blake3:00".to_owned(), entries: 8, bytes: 4096, sent_objects: 1, sent_bytes: 276, requests: 3 };
/// let sent = format!("sent {} of {} files", uploaded.sent_objects, uploaded.entries);
/// assert_eq!(sent, "sent 1 of 8 files");
/// ```
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
///
/// ```
/// use attest_core::client::upload::Progress;
///
/// let line = |progress| match progress {
///     Progress::Hashing { files, of_files, .. } => format!("hashed {files} of {of_files} files"),
///     Progress::Sending { bytes, of_bytes, .. } => format!("sent {} %", bytes * 100 / of_bytes.max(1)),
///     _ => String::new(),
/// };
/// assert_eq!(line(Progress::Sending { bytes: 1, of_bytes: 4, of_objects: 1 }), "sent 25 %");
/// ```
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
