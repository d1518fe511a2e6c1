//! The check `artifacts`: files that were expected, or that the caller holds, are attested.

use super::{Fault, HeldFile, code};
use crate::digest::Digest;
use crate::receipt::{Artifact, Receipt};

pub(super) fn check(
    receipt: &Receipt,
    expected: &[(String, Digest)],
    held: &[HeldFile],
) -> Result<(), Fault> {
    for (path, digest) in expected {
        at(receipt, path, digest)?;
    }
    for file in held {
        if receipt.files_with(&file.digest).next().is_none() {
            let detail = format!(
                "the receipt attests no file with the content of {:?}, {}",
                file.name, file.digest
            );
            return Err(Fault::new(code::FILE_NOT_ATTESTED, detail));
        }
    }
    Ok(())
}

/// Whether the receipt attests this content at this path.
pub(super) fn at(receipt: &Receipt, path: &str, digest: &Digest) -> Result<(), Fault> {
    let mut of_path = of_path(receipt, path).peekable();
    if of_path.peek().is_none() {
        return Err(Fault::new(
            code::ARTIFACT_MISSING,
            format!("the receipt attests no artifact {path:?}"),
        ));
    }
    // Two steps may write one path; the receipt attests both contents.
    if of_path.any(|a| a.digest.valid() == Some(digest)) {
        return Ok(());
    }
    let detail = format!("the receipt attests another content of {path:?} than {digest}");
    Err(Fault::new(code::ARTIFACT_MISMATCH, detail))
}

/// The artifacts of one path whose digests are of a kind that is known here.
pub(super) fn of_path<'a>(
    receipt: &'a Receipt,
    path: &'a str,
) -> impl Iterator<Item = &'a Artifact> {
    all(receipt).filter(move |a| a.path == path && a.algorithm == Artifact::BLAKE3)
}

fn all(receipt: &Receipt) -> impl Iterator<Item = &Artifact> {
    let provenance = receipt.body().provenance.iter();
    provenance.flat_map(|provenance| &provenance.artifacts)
}

impl Receipt {
    /// The files whose content has this digest, each with the step that wrote it and its path; one content may have been
    /// written by several. Links and directories are none of them, whose digests are of other texts than a content.
    ///
    /// It judges nothing: whether the receipt itself is believed, [`Verifier`](super::Verifier) says.
    ///
    /// ```
    /// use attest_core::digest::Digest;
    /// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
    /// # let receipt = attest_core::receipt::Receipt::parse(bytes)?;
    /// for file in receipt.files_with(&Digest::of(b"echo hello, world\n")) {
    ///     println!("{} wrote them to {}", file.step, file.path);
    /// }
    /// # Ok::<(), attest_core::receipt::ParseError>(())
    /// ```
    pub fn files_with(&self, digest: &Digest) -> impl Iterator<Item = &Artifact> {
        all(self).filter(move |a| {
            a.kind == Artifact::FILE
                && a.algorithm == Artifact::BLAKE3
                && a.digest.valid() == Some(digest)
        })
    }
}
