//! The check `recompute`: what deriving the hashes again gave, which is done elsewhere because it needs files.

use super::{Fault, code};

/// What came of deriving the hashes again; see `recompute` (feature `fs`).
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
