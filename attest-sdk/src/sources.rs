//! Sources: a directory of this machine, uploaded for executions to start from.

use std::fmt;
use std::future::IntoFuture;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use attest_core::client::{Listener, list_source, upload};
use attest_core::source::Contents;

use crate::{AttestClient, Error};

/// The sources of a server.
///
/// ```no_run
/// use attest_sdk::{ExecuteOptions, source};
///
/// # use attest_sdk::{AttestClient, Pipeline};
/// # async fn run(client: AttestClient, pipeline: Pipeline) -> Result<(), Box<dyn std::error::Error>> {
/// // Listed first, to show what will travel.
/// let contents = source::list(".".as_ref(), &["attest-data".into()])?;
/// println!("{} files and links", contents.entries().len());
/// let uploaded = client.sources().upload_listed(contents).await?;
/// let options = ExecuteOptions { source: Some(uploaded.source), ..ExecuteOptions::default() };
/// pipeline.execute(options).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Sources {
    client: AttestClient,
}

impl Sources {
    pub(crate) fn new(client: AttestClient) -> Self {
        Self { client }
    }

    /// Uploads a directory: what is in it but `.git`, `.attest` and what its `.gitignore` and `.attestignore` files name.
    /// Only what the server does not have yet travels.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), attest_sdk::Error> {
    /// use attest_sdk::{AttestClient, ExecuteOptions};
    ///
    /// let client = AttestClient::from_env()?;
    /// let uploaded = client.sources().upload(".").exclude("attest-data").await?;
    /// println!("sent {} bytes in {} requests", uploaded.sent_bytes, uploaded.requests);
    ///
    /// let pipeline = client.pipelines().get("pip_1").await?;
    /// let options = ExecuteOptions { source: Some(uploaded.source), ..ExecuteOptions::default() };
    /// pipeline.execute(options).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn upload(&self, dir: impl Into<PathBuf>) -> Upload {
        self.of(From::Directory {
            dir: dir.into(),
            exclude: Vec::new(),
        })
    }

    /// Uploads a directory that was listed already, by [`source::list`](crate::source::list).
    pub fn upload_listed(&self, contents: Contents) -> Upload {
        self.of(From::Listed(contents))
    }

    fn of(&self, from: From) -> Upload {
        Upload {
            client: self.client.clone(),
            from,
            progress: Arc::new(|_| {}),
        }
    }
}

/// An upload to be: await it.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) for a file that cannot be read, or that changes while it is read, naming it; else as any call's.
/// An upload that failed is repeated from the start, and sends only what is still missing.
///
/// ```no_run
/// use attest_sdk::UploadProgress;
///
/// # async fn run(client: attest_sdk::AttestClient) -> Result<(), attest_sdk::Error> {
/// let uploaded = client
///     .sources()
///     .upload(".")
///     .exclude("attest-data")
///     .progress(|so_far| {
///         if let UploadProgress::Sending { bytes, of_bytes, .. } = so_far {
///             eprint!("\r{bytes} of {of_bytes} bytes");
///         }
///     })
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is uploaded until it is awaited"]
pub struct Upload {
    client: AttestClient,
    from: From,
    progress: Listener,
}

enum From {
    Directory { dir: PathBuf, exclude: Vec<PathBuf> },
    Listed(Contents),
}

impl Upload {
    /// Leaves a directory out, however it is spelled: say that of a server's data. Of a listed directory nothing can be
    /// left out any more.
    pub fn exclude(mut self, directory: impl Into<PathBuf>) -> Self {
        if let From::Directory { exclude, .. } = &mut self.from {
            exclude.push(directory.into());
        }
        self
    }

    /// Calls this with how far it has come: often, from any thread.
    pub fn progress(mut self, listener: impl Fn(upload::Progress) + Send + Sync + 'static) -> Self {
        self.progress = Arc::new(listener);
        self
    }

    async fn run(self) -> Result<upload::Uploaded, Error> {
        let contents = match self.from {
            From::Listed(contents) => contents,
            From::Directory { dir, exclude } => list_source(dir, exclude).await?,
        };
        self.client.driver().upload(contents, self.progress).await
    }
}

impl IntoFuture for Upload {
    type Output = Result<upload::Uploaded, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dir = match &self.from {
            From::Directory { dir, .. } => Some(dir),
            From::Listed(_) => None,
        };
        formatter
            .debug_struct("Upload")
            .field("dir", &dir)
            .finish_non_exhaustive()
    }
}
