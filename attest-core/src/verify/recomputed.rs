//! The check `recompute`: what deriving the hashes again gave, which is done elsewhere because it needs files.

use super::{Fault, code};

/// What came of deriving the hashes again; see `recompute` (feature `fs`).
///
/// ```
/// use attest_core::receipt::Receipt;
/// use attest_core::verify::{CheckName, Recomputed, Verifier};
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// # let receipt = Receipt::parse(bytes)?;
/// let verifier = Verifier::builder().trusted_keys([key])?.build();
/// // With the feature `fs`, `recompute` looks at the files.
/// let found = Recomputed::Mismatch("out/hello has another content".to_owned());
/// let report = verifier.verify_with(&receipt, &found.into());
/// assert_eq!(report.first_failure().map(|check| check.name), Some(CheckName::Recompute));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recomputed {
    /// Every hash is the receipt's.
    Match,
    /// A hash is another.
    Mismatch(String),
    /// Something could not be hashed.
    Failed(String),
}

/// The result of the check; nothing to say where it was not done.
pub(super) fn check(recomputed: Option<&Recomputed>) -> Result<(), Fault> {
    match recomputed {
        None | Some(Recomputed::Match) => Ok(()),
        Some(Recomputed::Mismatch(detail)) => Err(Fault::new(code::RECOMPUTE_MISMATCH, detail)),
        Some(Recomputed::Failed(detail)) => Err(Fault::new(code::RECOMPUTE_FAILED, detail)),
    }
}
