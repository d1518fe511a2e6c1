//! Whether a receipt attests a file.

use std::path::{Path, PathBuf};

use attest_sdk::held::{FileError, FileFault};
use attest_sdk::verify::{self, HeldFile};
use attest_sdk::{Error, ErrorKind};
use serde::Serialize;

use crate::apart::{self, Stopped};
use crate::cancel::called_off;
use crate::verifier::unreadable;
use crate::{Cancel, Pending, Verifier, json};

/// What bytes are called in a report.
const BYTES: &str = "the given bytes";

/// The verdict on a receipt and a file together.
#[derive(Debug)]
pub struct ArtifactReport {
    sdk: verify::ArtifactReport,
}

impl ArtifactReport {
    /// `{"valid", "digest", "attested": [{"step", "path"}], "report"}`.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] where it cannot be written.
    pub fn json(&self) -> Result<String, Error> {
        json::write(&self.sdk)
    }

    /// The same in two: without the report, and the report's exact text.
    ///
    /// # Errors
    /// As [`json`](Self::json).
    pub fn parts(&self) -> Result<[String; 2], Error> {
        #[derive(Serialize)]
        struct Verdict<'a> {
            valid: bool,
            digest: &'a str,
            attested: &'a [verify::AttestedFile],
        }
        let verdict = Verdict {
            valid: self.sdk.valid,
            digest: &self.sdk.digest,
            attested: &self.sdk.attested,
        };
        Ok([json::write(&verdict)?, json::write(&self.sdk.report)?])
    }
}

impl Verifier {
    /// Judges the bytes of a receipt, and whether it attests these bytes.
    ///
    /// # Errors
    /// [`ErrorKind::ReceiptFormat`] for a receipt nothing can be said about.
    pub fn artifact(&self, receipt: &[u8], content: &[u8]) -> Result<ArtifactReport, Error> {
        judge(self.sdk(), receipt, &HeldFile::of(BYTES, content))
    }

    /// As [`artifact`](Self::artifact), of a file. Blocks.
    ///
    /// # Errors
    /// As there; [`ErrorKind::Io`] for what is no file or changes meanwhile, and [`ErrorKind::Cancelled`].
    pub fn artifact_file(
        &self,
        receipt: &[u8],
        file: &Path,
        cancel: Option<&Cancel>,
    ) -> Result<ArtifactReport, Error> {
        apart::now(cancel, |stopped| {
            judge(self.sdk(), receipt, &read(file, stopped)?)
        })
    }

    /// As [`artifact_file`](Self::artifact_file), on another thread.
    pub fn artifact_file_later(
        &self,
        receipt: Vec<u8>,
        file: PathBuf,
        cancel: Option<Cancel>,
    ) -> Pending<ArtifactReport> {
        let verifier = self.sdk().clone();
        apart::later(cancel, move |stopped| {
            judge(&verifier, &receipt, &read(&file, stopped)?)
        })
    }

    /// As [`artifact`](Self::artifact), on another thread.
    pub fn artifact_later(
        &self,
        receipt: Vec<u8>,
        content: Vec<u8>,
        cancel: Option<Cancel>,
    ) -> Pending<ArtifactReport> {
        let verifier = self.sdk().clone();
        apart::later(cancel, move |_| {
            judge(&verifier, &receipt, &HeldFile::of(BYTES, &content))
        })
    }
}

fn judge(
    verifier: &verify::Verifier,
    receipt: &[u8],
    file: &HeldFile,
) -> Result<ArtifactReport, Error> {
    let sdk = verifier
        .verify_artifact(receipt, file)
        .map_err(unreadable)?;
    Ok(ArtifactReport { sdk })
}

fn read(file: &Path, stopped: Stopped<'_>) -> Result<HeldFile, Error> {
    HeldFile::read_while(file, &|| !stopped()).map_err(|error: FileError| match error.fault() {
        FileFault::Stopped => called_off(),
        _ => Error::new(ErrorKind::Io, error.to_string()).with_source(error),
    })
}
