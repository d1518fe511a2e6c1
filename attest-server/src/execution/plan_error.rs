//! Why a call cannot become an execution.

use attest_core::pipeline::{Problem, Problems};

use crate::blob::BlobError;
use crate::source::SourceError;
use crate::store::StoreError;

/// Why a call cannot become an execution.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanError {
    /// The call, or the pipeline with this source, is at fault.
    #[error("the execution cannot be planned")]
    Invalid(Vec<Problem>),
    #[error("the source cannot be read: {0}")]
    Source(#[from] SourceError),
    #[error("the source cannot be stored: {0}")]
    Blob(#[from] BlobError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("planning failed: {0}")]
    Internal(String),
}

impl From<Problems> for PlanError {
    fn from(problems: Problems) -> Self {
        Self::Invalid(problems.iter().cloned().collect())
    }
}
