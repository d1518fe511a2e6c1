//! The outputs of an execution in a directory of this machine, each as the verified receipt has it.

use std::fmt;
use std::future::IntoFuture;
use std::path::PathBuf;
use std::pin::Pin;

use attest_core::client::{Downloaded, Fetched};
use attest_core::verify::{Report, Verifier};

use crate::{Error, ErrorKind, Execution};

impl Execution {
    /// Puts its outputs into a directory: what its receipt attests, once that is verified, and nothing else. All of it is
    /// put in place, or nothing. An output that is a directory without a file in it is made.
    ///
    /// A failed run and a receipt that is not valid give nothing. Every file is held against the receipt's digest before it
    /// is put in place; regular files and links that are there are replaced, links are never followed, and links that lead
    /// out of the step's declared outputs are refused.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), attest_sdk::Error> {
    /// use attest_sdk::AttestClient;
    ///
    /// let client = AttestClient::from_env()?;
    /// let execution = client.executions().get("exec_1").await?.wait_for_completion().await?;
    /// let downloaded = execution.download_outputs("build").await?;
    /// println!("{} files, {} bytes", downloaded.files, downloaded.bytes);
    /// # Ok(())
    /// # }
    /// ```
    pub fn download_outputs(&self, dir: impl Into<PathBuf>) -> DownloadOutputs {
        DownloadOutputs {
            execution: self.clone(),
            dir: dir.into(),
            verifier: None,
            progress: Box::new(|_| {}),
        }
    }
}

/// A download to be: await it.
///
/// # Errors
/// [`ErrorKind::Decode`] where the receipt is not valid or what came is not what it attests, [`ErrorKind::Io`] where the
/// directory cannot be written or something is in the way, [`ErrorKind::ResourceNotFound`] where there is no receipt or an
/// output was collected (`details.reason`); else as any call's.
///
/// ```no_run
/// use attest_sdk::{TrustStore, Verifier};
///
/// # async fn run(execution: attest_sdk::Execution) -> Result<(), Box<dyn std::error::Error>> {
/// let pinned = TrustStore::read_folder(".attest/trust".as_ref())?;
/// let verifier = Verifier::builder().trust_store(pinned).policy("require-success")?.build();
/// execution
///     .download_outputs("build")
///     .verifier(verifier)
///     .progress(|so_far| eprint!("\r{} of {} files", so_far.files, so_far.of_files))
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is downloaded until it is awaited"]
pub struct DownloadOutputs {
    execution: Execution,
    dir: PathBuf,
    verifier: Option<Verifier>,
    progress: Box<dyn Fn(Fetched) + Send + Sync>,
}

impl DownloadOutputs {
    /// Judges the receipt by this verifier instead of the client's keys, or those that the server publishes.
    pub fn verifier(mut self, verifier: Verifier) -> Self {
        self.verifier = Some(verifier);
        self
    }

    /// Calls this with how far it has come, often.
    pub fn progress(mut self, listener: impl Fn(Fetched) + Send + Sync + 'static) -> Self {
        self.progress = Box::new(listener);
        self
    }

    async fn run(self) -> Result<Downloaded, Error> {
        let receipt = self.execution.get_receipt().await?;
        let report = match &self.verifier {
            Some(verifier) => verifier.verify(receipt.as_core()),
            None => receipt.report()?,
        };
        if !report.valid {
            return Err(invalid(&report));
        }
        self.execution
            .client()
            .driver()
            .restore(self.execution.id(), receipt.body(), self.dir, self.progress)
            .await
    }
}

fn invalid(report: &Report) -> Error {
    let why = report
        .first_failure()
        .map_or_else(String::new, |check| format!(": {}", check.detail));
    Error::new(
        ErrorKind::Decode,
        format!("nothing is downloaded, for the receipt is not valid{why}"),
    )
}

impl IntoFuture for DownloadOutputs {
    type Output = Result<Downloaded, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for DownloadOutputs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DownloadOutputs")
            .field("execution", &self.execution.id())
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}
