//! Why a server cannot start or go on.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use attest_core::key::KeyError;

use crate::blob::BlobError;
use crate::config::ConfigError;
use crate::data_dir::DataDirError;
use crate::host::EntropyError;
use crate::sandbox::SandboxError;

/// Why a server cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A value that cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data directory.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The isolation that was asked for does not work here, or would show steps too much.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The address cannot be listened on.
    #[error("--listen {address}: {source}; choose another address, or port 0 for a free one")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The database.
    #[error("the store in {} cannot be used: {message}", path.display())]
    Store {
        /// The database file.
        path: PathBuf,
        /// What is wrong and what to do.
        message: String,
    },
    /// The content-addressed files.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The signing key.
    #[error("the signing key {} cannot be used: {source}", path.display())]
    SigningKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyError,
    },
    /// The signing key was revoked and would sign what nobody trusts.
    #[error("the signing key {id} was revoked: move {} away and start again, which makes a new one", path.display())]
    SigningKeyRevoked {
        /// The key id.
        id: String,
        /// The file.
        path: PathBuf,
    },
    /// Randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The system refused something.
    #[error("{action}: {source}")]
    System {
        /// What was tried.
        action: &'static str,
        /// What the system says.
        source: io::Error,
    },
}
