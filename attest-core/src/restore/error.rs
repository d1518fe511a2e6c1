//! Why outputs are not put into a directory.

use std::io;
use std::path::PathBuf;

use crate::digest::Digest;

/// Why outputs are not put into a directory. Nothing was changed, unless [`RestoreError::Io`] says where it stopped.
///
/// ```
/// use attest_core::restore::{RestoreError, plan};
/// # use attest_core::receipt::Receipt;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = Receipt::parse(bytes)?;
/// let error = plan(receipt.body(), "exec_other", &[]).unwrap_err();
/// assert!(matches!(error, RestoreError::Receipt(_)));
/// assert!(error.to_string().contains("\"exec_hello\", not of \"exec_other\""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// The receipt is of a run that did not succeed, or of another one, or says too little.
    #[error("nothing is taken from this receipt: {0}")]
    Receipt(String),
    /// An artifact of the receipt that is not written.
    #[error("the receipt's artifact {path:?} of step {step:?} is refused: {why}")]
    Artifact {
        /// Its step.
        step: String,
        /// Its path.
        path: String,
        /// Why.
        why: String,
    },
    /// An output directory of the receipt that is not made.
    #[error("the receipt's output {path:?} of step {step:?} is refused: {why}")]
    Output {
        /// Its step.
        step: String,
        /// Its path, as declared.
        path: String,
        /// Why.
        why: String,
    },
    /// What was received is not what the receipt attests.
    #[error("{path:?} is not what the receipt attests: it has {expected}, what came is {found}")]
    Differs {
        /// The artifact's path.
        path: String,
        /// The receipt's digest.
        expected: Digest,
        /// Of what came.
        found: Digest,
    },
    /// Something is where an artifact or a directory belongs, and is left alone.
    #[error(
        "{path:?} cannot be put in place: {at:?} {what}; move it away, or download into another directory"
    )]
    InTheWay {
        /// What belongs there.
        path: String,
        /// What is in the way, relative to the directory.
        at: String,
        /// What it is.
        what: &'static str,
    },
    /// The system failed.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl RestoreError {
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(rustix::io::Errno) -> Self {
        let path = path.into();
        move |errno| Self::Io {
            path,
            source: errno.into(),
        }
    }
}
