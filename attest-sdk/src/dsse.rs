//! A receipt for verifiers of in-toto statements: read, checked and signed away from the event loop.

use std::path::{Path, PathBuf};

use attest_core::export::{Export, Format, Options, from_workspace};
use chrono::Utc;

use crate::{Error, ErrorKind, Receipt, SigningKey};

/// What an exported receipt is about, and how it is written.
///
/// ```no_run
/// use attest_sdk::export::Format;
/// use attest_sdk::{DsseOptions, SigningKey};
///
/// # async fn run(receipt: attest_sdk::Receipt) -> Result<(), Box<dyn std::error::Error>> {
/// let options = DsseOptions {
///     subjects: vec!["out/app".to_owned()],
///     format: Format::Sigstore,
///     ..DsseOptions::default()
/// };
/// let key = SigningKey::read_file("signing-key.pem".as_ref())?; // the one that signed the receipt
/// std::fs::write("app.sigstore.json", receipt.to_dsse(".", &key, options).await?)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DsseOptions {
    /// Paths of the workspace that are the subjects. None: the files of every step whose outputs no other step builds on.
    pub subjects: Vec<String>,
    /// `builder.id`, a URI. Absent: a URN that says that nobody vouches for the builder.
    pub builder_id: Option<String>,
    /// A DSSE envelope, or one in a sigstore bundle.
    pub format: Format,
}

impl Receipt {
    /// The receipt as in-toto statement with SLSA provenance, signed by `key`, which must be the one that signed the
    /// receipt. The subjects are files of `workspace`, each held against the receipt. One line, its line break included.
    ///
    /// Files are read on tokio's threads for blocking work.
    ///
    /// # Errors
    /// As [`export`](Self::export).
    pub async fn to_dsse(
        &self,
        workspace: impl Into<PathBuf>,
        key: &SigningKey,
        options: DsseOptions,
    ) -> Result<String, Error> {
        let (receipt, workspace, key) = (self.clone(), workspace.into(), key.clone());
        let work = move || {
            let DsseOptions {
                subjects,
                builder_id,
                format,
            } = options;
            let options = Options {
                subjects,
                builder_id,
            };
            let export = receipt.export(&workspace, &key, &options)?;
            Ok(export.text(format))
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| {
            Error::new(ErrorKind::Internal, "exporting the receipt broke off").with_source(error)
        })?
    }

    /// As [`to_dsse`](Self::to_dsse), on this thread: it waits while files are read. The result can be written either way,
    /// and knows the name its file should have.
    ///
    /// # Errors
    /// [`ErrorKind::ReceiptFormat`] for a receipt that may not be exported: unsigned, not valid, of a run that did not
    /// succeed. [`ErrorKind::Config`] for another key than the receipt's, and for a subject or builder id that cannot be.
    /// [`ErrorKind::Io`] for a file that is missing, differs, or cannot be read.
    pub fn export(
        &self,
        workspace: &Path,
        key: &SigningKey,
        options: &Options,
    ) -> Result<Export, Error> {
        Ok(from_workspace(
            self.as_core(),
            workspace,
            key,
            options,
            Utc::now(),
        )?)
    }
}
