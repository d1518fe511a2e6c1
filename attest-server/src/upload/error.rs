//! Why an upload was refused or could not be stored.

use std::io;

use attest_core::digest::Digest;

use crate::blob::BlobError;

/// Why an upload ended before its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadError {
    /// A member that is not taken.
    #[error("{name}: {issue}")]
    Member {
        /// As the archive has it, made printable.
        name: String,
        /// What is wrong with it and what to do.
        issue: String,
        /// What its content really hashes to, where that is what is wrong.
        actual: Option<Digest>,
    },
    /// Not an archive as it has to be.
    #[error("{0}")]
    Archive(String),
    /// The body stopped coming, or was too much.
    #[error(transparent)]
    Body(Fault),
    /// The store failed.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

/// Why there is no more of a body. Travels through readers as the inside of an [`io::Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// The client went away.
    #[error("the body ended early")]
    EndedEarly,
    /// Nothing came for too long.
    #[error("the body stopped coming")]
    Idle,
    /// It expands to more than this many bytes.
    #[error("the body expands to more than {0} bytes: send large objects uncompressed")]
    Expands(u64),
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        Self::other(fault)
    }
}

impl From<io::Error> for UploadError {
    /// Of an error in reading the archive.
    fn from(error: io::Error) -> Self {
        let fault = error
            .get_ref()
            .and_then(|inside| inside.downcast_ref::<Fault>());
        match fault {
            Some(fault) => Self::Body(*fault),
            None => Self::Archive(error.to_string()),
        }
    }
}
