//! A streamed answer: of any size, in bounded memory, with a limit on the silence between two pieces alone.

use super::{Driver, failure};
use crate::client::{Action, Call, Endpoint, Event, Failure, Machine, Response};
use crate::error::{Error, ErrorKind};

/// The body of an answer, piece by piece.
///
/// ```no_run
/// use std::io::Write as _;
///
/// use attest_core::client::{Driver, artifacts};
///
/// # async fn demo(driver: Driver) -> Result<(), Box<dyn std::error::Error>> {
/// let mut download = driver.download(artifacts::download("exec_1", "out/app")?).await?;
/// let mut file = std::fs::File::create("app")?;
/// while let Some(piece) = download.next().await? {
///     file.write_all(&piece)?;
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Download {
    answer: reqwest::Response,
    idle: std::time::Duration,
}

impl Driver {
    /// Starts a download. Redirects and failures are those of a call.
    ///
    /// # Errors
    /// As a call's.
    pub async fn download(&self, endpoint: Endpoint<()>) -> Result<Download, Error> {
        let idle = self.config.timeouts.idle;
        let mut call = Call::new(self.config.clone(), endpoint);
        let mut event = Event::Start;
        loop {
            event = match call.step(self.began.elapsed(), event) {
                Action::Send(request) => {
                    match tokio::time::timeout(idle, self.send(*request, None)).await {
                        Ok(Ok((head, answer))) if head.is_success() => {
                            return Ok(Download { answer, idle });
                        }
                        Ok(Ok((head, answer))) => {
                            Event::Answered(refusal(head, answer, idle).await)
                        }
                        Ok(Err(failure)) => Event::Failed(failure),
                        Err(_) => Event::Failed(Failure::Timeout(idle)),
                    }
                }
                Action::Sleep(pause) => {
                    tokio::time::sleep(pause).await;
                    Event::Woke
                }
                Action::Done(Ok(())) => {
                    return Err(Error::new(
                        ErrorKind::Internal,
                        "a download ended before it began",
                    ));
                }
                Action::Done(Err(error)) => return Err(error),
            };
        }
    }
}

/// The beginning of an error's body; what cannot be read of it is left out.
async fn refusal(
    mut response: Response,
    mut answer: reqwest::Response,
    idle: std::time::Duration,
) -> Response {
    let body = &mut response.body;
    while let Ok(Ok(Some(chunk))) = tokio::time::timeout(idle, answer.chunk()).await {
        body.extend_from_slice(&chunk);
        if body.len() >= super::MAX_ERROR_BODY {
            body.truncate(super::MAX_ERROR_BODY);
            break;
        }
    }
    response
}

impl Download {
    /// The size in bytes, where the server says it.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.answer.content_length()
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`ErrorKind::Connection`] or [`ErrorKind::Timeout`] where the answer breaks off.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let failed = match tokio::time::timeout(self.idle, self.answer.chunk()).await {
            Ok(Ok(chunk)) => return Ok(chunk.map(|bytes| bytes.to_vec())),
            Ok(Err(error)) => failure(&error, self.idle),
            Err(_) => Failure::Timeout(self.idle),
        };
        Err(match failed {
            Failure::Timeout(limit) => Error::new(
                ErrorKind::Timeout,
                format!("the download was silent for {} s", limit.as_secs_f64()),
            ),
            other => Error::new(
                ErrorKind::Connection,
                format!("the download broke off: {other:?}"),
            ),
        })
    }
}
