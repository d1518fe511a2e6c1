//! What can go wrong in the store, told apart only as far as a caller acts differently on it.

use std::sync::Arc;

/// A failed read or write of the database. Cheap to clone: one failed commit answers every transaction in it.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum StoreError {
    /// The disk that holds the data directory is full.
    #[error("the disk that holds the data directory is full: free some space and try again")]
    Full,
    /// The database cannot be written or opened: read-only, out of file descriptors, an I/O error.
    #[error(
        "the database cannot be used ({0}): check the data directory's disk, its mode and the open-file limit"
    )]
    Unavailable(Arc<rusqlite::Error>),
    /// A unique or foreign key constraint was broken.
    #[error("the database refused a row: {0}")]
    Constraint(Arc<rusqlite::Error>),
    /// The file is not a database, or is damaged.
    #[error("the database is damaged ({0}): restore it from a backup")]
    Damaged(Arc<rusqlite::Error>),
    /// A statement failed; a fault of this program.
    #[error("a database statement failed: {0}")]
    Statement(Arc<rusqlite::Error>),
    /// A stored value cannot be read back; a fault of this program, or a hand-edited database.
    #[error("a stored {what} cannot be read: {detail}")]
    Decode {
        /// Which kind of value.
        what: &'static str,
        /// The reader's message.
        detail: String,
    },
    /// The database was written by a later version.
    #[error(
        "the database has schema version {found}, this server knows up to {known}: start the newer server"
    )]
    Newer {
        /// The file's schema version.
        found: u32,
        /// The newest version this program knows.
        known: u32,
    },
    /// The store has been shut down, or a transaction panicked.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    pub(crate) fn decode(what: &'static str, error: impl std::fmt::Display) -> Self {
        Self::Decode {
            what,
            detail: error.to_string(),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::Full,
            Some(Code::ConstraintViolation) => Self::Constraint(Arc::new(error)),
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Self::Damaged(Arc::new(error)),
            Some(
                Code::ReadOnly
                | Code::CannotOpen
                | Code::SystemIoFailure
                | Code::PermissionDenied
                | Code::DatabaseBusy
                | Code::DatabaseLocked
                | Code::OutOfMemory,
            ) => Self::Unavailable(Arc::new(error)),
            _ => Self::Statement(Arc::new(error)),
        }
    }
}
