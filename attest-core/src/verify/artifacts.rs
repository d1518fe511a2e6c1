//! The check `artifacts`: files that were expected are attested with the digest that was expected.

use super::{Fault, code};
use crate::digest::Digest;
use crate::receipt::{Artifact, Receipt};

pub(super) fn check(receipt: &Receipt, expected: &[(String, Digest)]) -> Result<(), Fault> {
    let attested = receipt
        .body()
        .provenance
        .as_ref()
        .map_or(&[][..], |p| p.artifacts.as_slice());
    for (path, digest) in expected {
        let mut of_path = attested
            .iter()
            .filter(|a| a.path == *path && a.algorithm == Artifact::BLAKE3)
            .peekable();
        if of_path.peek().is_none() {
            return Err(Fault::new(
                code::ARTIFACT_MISSING,
                format!("the receipt attests no artifact {path:?}"),
            ));
        }
        // Two steps may write one path; the receipt attests both contents.
        if !of_path.any(|a| a.digest.valid() == Some(digest)) {
            let detail = format!("the receipt attests another content of {path:?} than {digest}");
            return Err(Fault::new(code::ARTIFACT_MISMATCH, detail));
        }
    }
    Ok(())
}
