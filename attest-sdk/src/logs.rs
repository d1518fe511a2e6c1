//! The log of an execution as a stream. It never ends silently on an error.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use attest_core::client::{Driver, Follow};
use futures::stream::{Stream, StreamExt, TryStreamExt};

use crate::repeated::Repeated;
use crate::{Error, LogEntry};

/// Log lines as they come, until the execution is over.
///
/// [`next`](Self::next) gives line after line and `None` at the end, be it good or bad: [`error`](Self::error) tells
/// which. [`try_next`](Self::try_next) and the [`Stream`] give the error itself. A stream that is dropped with an error
/// nobody looked at says so in a warning.
///
/// ```no_run
/// # async fn run(execution: attest_sdk::Execution) -> Result<(), attest_sdk::Error> {
/// let mut log = execution.stream_logs().await?;
/// while let Some(line) = log.next().await {
///     println!("[{}] {}", line.step, line.message);
/// }
/// if let Some(error) = log.error() {
///     return Err(error); // it broke off: the run may go on
/// }
/// # Ok(())
/// # }
/// ```
pub struct LogStream {
    follow: Repeated<Follow>,
    lines: VecDeque<LogEntry>,
    error: Option<Error>,
}

impl LogStream {
    pub(crate) fn new(driver: Driver, follow: Follow) -> Self {
        Self {
            follow: Repeated::new(driver, follow),
            lines: VecDeque::new(),
            error: None,
        }
    }

    /// The next line. `None` when the execution is over and all was read, and when reading failed: see
    /// [`error`](Self::error).
    pub async fn next(&mut self) -> Option<LogEntry> {
        match StreamExt::next(self).await {
            Some(Ok(entry)) => Some(entry),
            Some(Err(error)) => {
                self.error = Some(error);
                None
            }
            None => None,
        }
    }

    /// The next line; `Ok(None)` at the end. Asking can be given up and repeated: a request that is under way goes on with
    /// the next ask.
    ///
    /// # Errors
    /// What ended the stream before its time.
    pub async fn try_next(&mut self) -> Result<Option<LogEntry>, Error> {
        TryStreamExt::try_next(self).await
    }

    /// Lets go of a request that is under way, and of its connection. The next ask makes it again: nothing is lost.
    pub fn let_go(&mut self) {
        self.follow.let_go();
    }

    /// What ended [`next`](Self::next) before its time, if anything did. Looking at it takes it.
    pub fn error(&mut self) -> Option<Error> {
        self.error.take()
    }
}

impl Stream for LogStream {
    type Item = Result<LogEntry, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(entry) = self.lines.pop_front() {
                return Poll::Ready(Some(Ok(entry)));
            }
            match ready!(self.follow.poll_next(context)) {
                Ok(Some(news)) => self.lines.extend(news.lines),
                Ok(None) => return Poll::Ready(None),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
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
