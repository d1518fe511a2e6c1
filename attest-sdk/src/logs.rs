//! The log of an execution as a stream. It never ends silently on an error.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use attest_core::client::{Driver, Follow};
use futures::stream::{self, BoxStream, Stream, StreamExt, TryStreamExt};

use crate::{Error, LogEntry};

/// Log lines as they come, until the execution is over.
///
/// [`next`](Self::next) gives line after line and `None` at the end, be it good or bad: [`error`](Self::error) tells
/// which. [`try_next`](Self::try_next) and the [`Stream`] give the error itself. A stream that is dropped with an error
/// nobody looked at says so in a warning.
pub struct LogStream {
    lines: BoxStream<'static, Result<LogEntry, Error>>,
    error: Option<Error>,
}

impl LogStream {
    pub(crate) fn new(driver: Driver, follow: Follow) -> Self {
        let batches = stream::try_unfold((driver, follow), |(driver, mut follow)| async move {
            let news = driver.run(&mut follow).await?;
            Ok::<_, Error>(news.map(|news| {
                (
                    stream::iter(news.lines.into_iter().map(Ok)),
                    (driver, follow),
                )
            }))
        });
        Self {
            lines: batches.try_flatten().boxed(),
            error: None,
        }
    }

    /// The next line. `None` when the execution is over and all was read, and when reading failed: see
    /// [`error`](Self::error).
    pub async fn next(&mut self) -> Option<LogEntry> {
        match self.lines.next().await {
            Some(Ok(entry)) => Some(entry),
            Some(Err(error)) => {
                self.error = Some(error);
                None
            }
            None => None,
        }
    }

    /// The next line; `Ok(None)` at the end.
    ///
    /// # Errors
    /// What ended the stream before its time.
    pub async fn try_next(&mut self) -> Result<Option<LogEntry>, Error> {
        self.lines.try_next().await
    }

    /// What ended [`next`](Self::next) before its time, if anything did. Looking at it takes it.
    pub fn error(&mut self) -> Option<Error> {
        self.error.take()
    }
}

impl Stream for LogStream {
    type Item = Result<LogEntry, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.lines.poll_next_unpin(context)
    }
}

impl fmt::Debug for LogStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LogStream")
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl Drop for LogStream {
    fn drop(&mut self) {
        if let Some(error) = &self.error {
            tracing::warn!(%error, "a log stream ended on an error that nobody looked at");
        }
    }
}
