//! Why a trust store cannot be used.

use thiserror::Error;

use crate::key::{KeyError, KeyId};

/// A trust store that cannot be used, as a whole. Each message names the entry.
///
/// ```
/// use attest_core::trust::{TrustError, parse_document};
///
/// let error = parse_document("version = 2").unwrap_err();
/// assert_eq!(error, TrustError::Version(2));
/// assert_eq!(error.to_string(), "trust store: trust.toml has version 2, this program knows version 1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The same key twice.
    #[error("trust store: key {0} is listed twice; keep one entry")]
    Duplicate(KeyId),
    /// `trust.toml` is not what it should be.
    #[error("trust store: trust.toml is not readable: {0}")]
    Document(String),
    /// A version of the format that this program does not know.
    #[error("trust store: trust.toml has version {0}, this program knows version 1")]
    Version(i64),
    /// An id that is none.
    #[error("trust store: the id {id:?} is no key id: {reason}")]
    Id {
        /// What stands there.
        id: String,
        /// Why it is none.
        reason: KeyError,
    },
    /// A status other than the two.
    #[error("trust store: key {id} has status {status:?}; it must be \"trusted\" or \"revoked\"")]
    Status {
        /// The entry.
        id: KeyId,
        /// What stands there.
        status: String,
    },
    /// A date that is none, or one that contradicts the status.
    #[error("trust store: key {id}: {field} {reason}")]
    Date {
        /// The entry.
        id: KeyId,
        /// The field.
        field: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The key's file is not there or cannot be read.
    #[error("trust store: the file of key {id} cannot be read: {reason}")]
    KeyFile {
        /// The entry.
        id: KeyId,
        /// What the system said.
        reason: String,
    },
    /// The key's file holds no usable key.
    #[error("trust store: the file of key {id} holds no usable key: {reason}")]
    Key {
        /// The entry.
        id: KeyId,
        /// Why not.
        reason: KeyError,
    },
    /// The key's file holds another key.
    #[error("trust store: the file of key {id} holds another key, {found}")]
    OtherKey {
        /// The entry.
        id: KeyId,
        /// The id of the key that is there.
        found: KeyId,
    },
    /// The folder cannot be written.
    #[error("trust store: {path} cannot be written: {reason}")]
    Write {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
}
