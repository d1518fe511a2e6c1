//! Why a receipt is not exported.

use thiserror::Error as ThisError;

use super::subjects::MAX_SUBJECTS;
use crate::dsse;
use crate::error::{Error, ErrorKind};
use crate::key::KeyId;

/// Why a receipt is not exported. Nothing was signed.
///
/// ```
/// use attest_core::export::{ExportError, Options, Plan};
/// # use attest_core::key::SigningKey;
/// # use attest_core::receipt::Receipt;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = Receipt::parse(bytes)?;
/// let somebody_else = SigningKey::from_seed(&zeroize::Zeroizing::new([7; 32]));
/// let error = Plan::new(&receipt, &somebody_else, &Options::default(), chrono::Utc::now());
/// let error = error.err().ok_or("anybody can export it")?;
/// assert!(matches!(error, ExportError::OtherSigner { .. }));
/// assert_eq!(error.code(), "other_signer");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
#[non_exhaustive]
pub enum ExportError {
    /// There is no signature on the receipt.
    #[error("the receipt is not signed; only a signed receipt can be exported")]
    NotSigned,
    /// The export's key is not the receipt's.
    #[error(
        "the receipt is signed by key {receipt}, and the export would be by key {given}; use the key that signed the receipt"
    )]
    OtherSigner {
        /// The receipt's key.
        receipt: KeyId,
        /// The key that was given.
        given: KeyId,
    },
    /// A verifier that trusts the key refuses the receipt.
    #[error("the receipt is not valid: {detail} ({code})")]
    NotValid {
        /// The code of the first check that fails, a word of [`crate::verify::code`].
        code: String,
        /// What is wrong.
        detail: String,
    },
    /// A step failed.
    #[error(
        "the run failed (steps: {steps}): SLSA provenance has no field that says so, so a failed run is not exported",
        steps = .0.join(", ")
    )]
    RunFailed(Vec<String>),
    /// Not every step ran, or the receipt does not say which there are.
    #[error(
        "the receipt does not show that every step of its pipeline ran: only a whole and successful run is exported"
    )]
    RunIncomplete,
    /// A builder id that is no URI.
    #[error("the builder id {0:?} is no absolute URI of at most 2048 characters")]
    BuilderId(String),
    /// Nothing to make a statement about.
    #[error(
        "no step lists a file that could be a subject; name the subjects (the receipt attests {0} other entries)"
    )]
    NoSubject(usize),
    /// More subjects than a statement should have.
    #[error("{0} files would be subjects, at most {MAX_SUBJECTS} can be; name the subjects")]
    TooManySubjects(usize),
    /// A last step lists a directory as a whole, as those of very many files do.
    #[error(
        "the receipt lists {path:?} of step {step:?} as a whole directory, not its files; name the subjects among the other outputs"
    )]
    Directory {
        /// The directory.
        path: String,
        /// The step.
        step: String,
    },
    /// A path that cannot be one of the workspace.
    #[error("{path:?} cannot be a subject: {reason}")]
    Path {
        /// The path.
        path: String,
        /// Why.
        reason: &'static str,
    },
    /// The receipt says nothing of it.
    #[error("the receipt attests no {0:?}; name outputs as the receipt spells them")]
    NotAttested(String),
    /// It is a link or a directory: there are no bytes that a digest could be of.
    #[error("the receipt attests {path:?} as a {kind}; only a file can be a subject")]
    NotAFile {
        /// The path.
        path: String,
        /// What it is.
        kind: String,
    },
    /// The workspace has no such file, or something else is in its place.
    #[error("{0:?} is not a regular file of the workspace; put the run's outputs there")]
    Missing(String),
    /// The file has other content.
    #[error(
        "{path:?} is not what the receipt attests: its content is {found}, attested is {attested}"
    )]
    Changed {
        /// The path.
        path: String,
        /// What the receipt has.
        attested: String,
        /// What the file gives.
        found: String,
    },
    /// The system refuses to read it.
    #[error("{path:?} cannot be read: {reason}")]
    Unreadable {
        /// The path.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// Larger than its readers take.
    #[error("the envelope would have {0} bytes, readers stop at {limit}", limit = dsse::MAX_BYTES)]
    TooLarge(usize),
}

impl ExportError {
    /// A stable word for it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotSigned => "unsigned",
            Self::OtherSigner { .. } => "other_signer",
            Self::NotValid { .. } => "receipt_not_valid",
            Self::RunFailed(_) => "run_failed",
            Self::RunIncomplete => "run_incomplete",
            Self::BuilderId(_) => "builder_id_malformed",
            Self::NoSubject(_) => "no_subject",
            Self::TooManySubjects(_) => "too_many_subjects",
            Self::Directory { .. } => "subject_is_directory",
            Self::Path { .. } => "path_outside_workspace",
            Self::NotAttested(_) => "subject_not_attested",
            Self::NotAFile { .. } => "subject_not_a_file",
            Self::Missing(_) => "subject_missing",
            Self::Changed { .. } => "subject_changed",
            Self::Unreadable { .. } => "subject_unreadable",
            Self::TooLarge(_) => "export_too_large",
        }
    }
}

impl From<ExportError> for Error {
    fn from(error: ExportError) -> Self {
        use ExportError as E;
        let kind = match error {
            E::NotSigned | E::NotValid { .. } | E::RunFailed(_) | E::RunIncomplete => {
                ErrorKind::ReceiptFormat
            }
            E::Missing(_) | E::Changed { .. } | E::Unreadable { .. } => ErrorKind::Io,
            E::OtherSigner { .. }
            | E::BuilderId(_)
            | E::NoSubject(_)
            | E::TooManySubjects(_)
            | E::Directory { .. }
            | E::Path { .. }
            | E::NotAttested(_)
            | E::NotAFile { .. }
            | E::TooLarge(_) => ErrorKind::Config,
        };
        Self::new(kind, error.to_string()).with_source(error)
    }
}
