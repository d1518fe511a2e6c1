//! The verdict on one file: the receipt is believed, and it attests this very content.

use serde::{Deserialize, Serialize};

use super::{Evidence, HeldFile, Report, Verifier};
use crate::receipt::{Artifact, ParseError, Receipt};
use crate::yaml;

/// The verdict on a receipt and a file together.
///
/// ```
/// use attest_core::verify::{CheckName, HeldFile, Verifier};
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// let verifier = Verifier::builder().trusted_keys([key])?.build();
/// let report = verifier.verify_artifact(bytes, &HeldFile::of("hello", b"echo bye\n"))?;
/// assert!(!report.valid && report.attested.is_empty());
/// // The receipt itself is believed; it is about other files.
/// let check = report.report.check(CheckName::Artifacts).ok_or("no check")?;
/// assert_eq!(check.code, "file_not_attested");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArtifactReport {
    /// True only if the receipt passes everything asked of it, *and* it attests the file.
    pub valid: bool,
    /// `blake3:…` of the file's content.
    pub digest: String,
    /// Which outputs of the run have this content; none where the file is not attested.
    pub attested: Vec<AttestedFile>,
    /// The verdict on the receipt; its check `artifacts` is about the file.
    pub report: Report,
}

/// An output of a run.
///
/// ```
/// # use attest_core::verify::{HeldFile, Verifier};
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// # let verifier = Verifier::builder().trusted_keys([key])?.build();
/// let renamed = HeldFile::of("hello-1.0.sh", b"echo hello, world\n");
/// let report = verifier.verify_artifact(bytes, &renamed)?;
/// let output = report.attested.first().ok_or("nobody made it")?;
/// assert_eq!((&*output.step, &*output.path), ("build", "out/hello"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttestedFile {
    /// The step that wrote it.
    pub step: String,
    /// Where in the workspace. The file at hand may be called otherwise.
    pub path: String,
}

impl Verifier {
    /// Judges the bytes of a receipt, and whether it attests this file.
    ///
    /// A file is attested by its content, whatever it is called now. An attested link or directory is no attested
    /// content: of links the receipt knows the target's text, of directories the manifest.
    ///
    /// ```
    /// use attest_core::verify::{HeldFile, Verifier};
    ///
    /// # let receipt = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
    /// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    /// # let verifier = Verifier::builder().trusted_keys([key])?.build();
    /// let verdict = verifier.verify_artifact(receipt, &HeldFile::of("app", b"echo hello, world\n"))?;
    /// for output in &verdict.attested {
    ///     println!("it is {} of step {}", output.path, output.step);
    /// }
    /// assert!(verdict.valid);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`yaml::Error`] for a receipt that is unreadable, as in [`Verifier::verify_bytes`].
    pub fn verify_artifact(
        &self,
        receipt: &[u8],
        file: &HeldFile,
    ) -> Result<ArtifactReport, yaml::Error> {
        let evidence = Evidence {
            files: vec![file.clone()],
            ..Evidence::default()
        };
        let (report, attested) = match Receipt::parse(receipt) {
            Ok(receipt) => (
                self.verify_with(&receipt, &evidence),
                attested(&receipt, file),
            ),
            Err(ParseError::Schema(error)) => (self.refuse_schema(&error), Vec::new()),
            Err(ParseError::Unreadable(error)) => return Err(error),
        };
        Ok(ArtifactReport {
            valid: report.valid && !attested.is_empty(),
            digest: file.digest.to_string(),
            attested,
            report,
        })
    }
}

fn attested(receipt: &Receipt, file: &HeldFile) -> Vec<AttestedFile> {
    let output = |artifact: &Artifact| AttestedFile {
        step: artifact.step.clone(),
        path: artifact.path.clone(),
    };
    receipt.files_with(&file.digest).map(output).collect()
}
