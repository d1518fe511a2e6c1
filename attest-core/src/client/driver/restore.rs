//! Fetching the outputs of an execution into a directory, by its receipt.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::Driver;
use crate::client::artifacts;
use crate::error::{Error, ErrorKind};
use crate::receipt::Body;
use crate::restore::{self, Receiving, RestoreError, Stage};

/// How many files are fetched at a time.
const AT_ONCE: usize = 8;

/// How many pieces of a file wait for the disk.
const AHEAD: usize = 16;

/// What was put in place.
///
/// ```no_run
/// # use attest_core::client::Driver;
/// # use attest_core::receipt::Receipt;
/// # async fn demo(driver: Driver, receipt: Receipt) -> Result<(), attest_core::error::Error> {
/// // Verified before: what it attests is what is written.
/// let downloaded = driver.restore("exec_1", receipt.body(), "build".into(), |_| ()).await?;
/// println!("{} files, {} bytes", downloaded.files, downloaded.bytes);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Downloaded {
    /// Files and links.
    pub files: u64,
    /// Their size, bytes.
    pub bytes: u64,
}

/// How far a download has come.
///
/// ```
/// use attest_core::client::Fetched;
///
/// /// The line that a listener of [`Driver::restore`] shows.
/// fn line(so_far: Fetched) -> String {
///     format!("{} of {} files, {} bytes", so_far.files, so_far.of_files, so_far.bytes)
/// }
/// assert_eq!(line(Fetched { files: 1, of_files: 3, bytes: 512 }), "1 of 3 files, 512 bytes");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Files and links that came to their end.
    pub files: u64,
    /// Files and links in all.
    pub of_files: u64,
    /// Bytes that came, of files that are not at their end too.
    pub bytes: u64,
}

impl Driver {
    /// Fetches what the receipt of an execution attests into a directory: all of it, or nothing. `receipt` has to be
    /// verified already; see [`restore`](crate::restore) for what is refused. `progress` is called often.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] where receipt, list and content do not agree or could do harm, [`ErrorKind::Io`] where the
    /// directory cannot be written or something is in the way; else as a call's.
    pub async fn restore(
        &self,
        execution_id: &str,
        receipt: &Body,
        dir: PathBuf,
        progress: impl Fn(Fetched) + Sync,
    ) -> Result<Downloaded, Error> {
        let listing = self.call(artifacts::list(execution_id)?).await?.artifacts;
        let plan = restore::plan(receipt, execution_id, &listing).map_err(refuse)?;
        let of_files = plan.items.len() as u64;
        let stage = Arc::new(blocking(move || Stage::open(&dir, plan).map_err(refuse)).await?);
        let (files, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        let tell = || {
            progress(Fetched {
                files: files.load(Ordering::Relaxed),
                of_files,
                bytes: bytes.load(Ordering::Relaxed),
            });
        };
        let writers = Mutex::new(JoinSet::new());
        let one = |index: usize, path: String| {
            let (stage, writers) = (stage.clone(), &writers);
            let (tell, files, bytes) = (&tell, &files, &bytes);
            async move {
                let mut download = self
                    .download(artifacts::download(execution_id, &path)?)
                    .await?;
                let (sender, receiver) = mpsc::channel(AHEAD);
                let (done, written) = oneshot::channel();
                lock(writers).spawn_blocking(move || {
                    let _ = done.send(stage.receive(index).and_then(|file| write(file, receiver)));
                });
                while let Some(piece) = download.next().await? {
                    bytes.fetch_add(piece.len() as u64, Ordering::Relaxed);
                    tell();
                    if sender.send(Some(piece)).await.is_err() {
                        break;
                    }
                }
                // The end is said, so that one that broke off is not taken for it.
                let _ = sender.send(None).await;
                written.await.map_err(lost)?.map_err(refuse)?;
                files.fetch_add(1, Ordering::Relaxed);
                tell();
                Ok::<_, Error>(())
            }
        };
        let paths: Vec<String> = stage.items().iter().map(|item| item.path.clone()).collect();
        let fetched = stream::iter(paths.into_iter().enumerate())
            .map(|(index, path)| one(index, path))
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await;
        // Nobody writes any more when this returns, and what was not put in place is gone.
        let mut writers = writers.into_inner().unwrap_or_else(PoisonError::into_inner);
        while writers.join_next().await.is_some() {}
        let stage = Arc::try_unwrap(stage)
            .map_err(|_| Error::new(ErrorKind::Internal, "a download is still written"))?;
        blocking(move || match fetched {
            Ok(()) => stage.place().map_err(refuse),
            Err(error) => Err(error),
        })
        .await?;
        Ok(Downloaded {
            files: of_files,
            bytes: bytes.into_inner(),
        })
    }
}

fn write(
    mut receiving: Receiving,
    mut pieces: mpsc::Receiver<Option<Vec<u8>>>,
) -> Result<(), RestoreError> {
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Some(piece) => receiving.write(&piece)?,
            None => return receiving.finish(),
        }
    }
    // It broke off: whoever sent says why.
    Ok(())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(lost)?
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lost(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Internal, "the outputs could not be written").with_source(error)
}

fn refuse(error: RestoreError) -> Error {
    let kind = match &error {
        RestoreError::InTheWay { .. } | RestoreError::Io { .. } => ErrorKind::Io,
        _ => ErrorKind::Decode,
    };
    Error::new(kind, error.to_string()).with_source(error)
}
