//! What a caller knows about the receipt it asks for.

use crate::digest::Digest;

/// What a receipt must be of. Without it, a valid receipt of another run is valid.
///
/// ```
/// use attest_core::verify::{CheckName, Expect, Verifier};
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// let expect = Expect { invocation_id: Some("exec_other".to_owned()), ..Expect::default() };
/// let verifier = Verifier::builder().trusted_keys([key])?.expect(expect).build();
/// let report = verifier.verify_bytes(bytes)?;
/// let failed = report.first_failure().ok_or("it is of that run")?;
/// assert_eq!(failed.name, CheckName::Binding, "a good receipt of another run");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
