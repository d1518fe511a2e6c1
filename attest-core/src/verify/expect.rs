//! What a caller knows about the receipt it asks for.

use crate::digest::Digest;

/// What a receipt must be of. Without it, a valid receipt of another run is valid.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expect {
    /// `provenance.invocation_id`: our server's execution id.
    pub invocation_id: Option<String>,
    /// The pipeline.
    pub pipeline_hash: Option<Digest>,
    /// `provenance.source.commit`.
    pub commit: Option<String>,
    /// Artifacts that must be attested: path and digest of the content.
    pub artifacts: Vec<(String, Digest)>,
}

impl Expect {
    /// Whether anything is expected that the check `binding` looks at.
    pub(super) fn binds(&self) -> bool {
        self.invocation_id.is_some() || self.pipeline_hash.is_some() || self.commit.is_some()
    }
}
