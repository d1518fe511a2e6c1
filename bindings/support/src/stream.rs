//! What comes piece by piece: log lines and changes of an execution.

use std::sync::Arc;

use attest_sdk::{Error, EventStream as Events, LogStream as Lines};
use serde::Serialize;
use tokio::sync::{Mutex, MutexGuard};

use crate::hooks::Counted;
use crate::{Cancel, Client, Pending, json};

/// Log lines as they come. Any number of callers may ask for the next one: each line is given once, and an error that ended
/// the stream to everybody who asks after it. So an end is never an error in disguise.
#[derive(Clone, Debug)]
pub struct LogStream {
    client: Client,
    lines: Pieces<Lines>,
    _counted: Counted,
}

/// The changes of an execution as they come.
#[derive(Clone, Debug)]
pub struct EventStream {
    client: Client,
    events: Pieces<Events>,
    _counted: Counted,
}

impl LogStream {
    pub(crate) fn of(client: Client, lines: Lines) -> Self {
        Self {
            client,
            lines: Pieces::of(lines),
            _counted: Counted::default(),
        }
    }

    /// The next line, a JSON object; `None` at the end. A call that was cancelled loses nothing.
    #[must_use]
    pub fn next(&self, cancel: Option<Cancel>) -> Pending<Option<String>> {
        let lines = self.lines.clone();
        self.client
            .calling(cancel, async move { lines.next().await })
    }
}

impl EventStream {
    pub(crate) fn of(client: Client, events: Events) -> Self {
        Self {
            client,
            events: Pieces::of(events),
            _counted: Counted::default(),
        }
    }

    /// The next change, a JSON object with the member `event`; `None` at the end. A call that was cancelled loses nothing.
    #[must_use]
    pub fn next(&self, cancel: Option<Cancel>) -> Pending<Option<String>> {
        let events = self.events.clone();
        self.client
            .calling(cancel, async move { events.next().await })
    }
}

/// A stream of the SDK, and the error that ended it.
#[derive(Debug)]
struct Pieces<S>(Arc<Mutex<(S, Option<Error>)>>);

impl<S> Clone for Pieces<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Stream> Pieces<S> {
    fn of(stream: S) -> Self {
        Self(Arc::new(Mutex::new((stream, None))))
    }

    async fn next(&self) -> Result<Option<String>, Error> {
        let mut asking = Asking(self.0.lock().await);
        let (stream, ended) = &mut *asking.0;
        if let Some(error) = ended {
            return Err(error.clone());
        }
        match stream.try_next().await {
            Ok(piece) => piece.as_ref().map(json::write).transpose(),
            Err(error) => {
                *ended = Some(error.clone());
                Err(error)
            }
        }
    }
}

/// One ask of a stream. Called off in its middle, it lets go of the connection: the handle may live on for long.
struct Asking<'a, S: Stream>(MutexGuard<'a, (S, Option<Error>)>);

impl<S: Stream> Drop for Asking<'_, S> {
    fn drop(&mut self) {
        self.0.0.let_go();
    }
}

/// What the streams of the SDK have in common.
trait Stream {
    type Piece: Serialize;

    fn try_next(&mut self) -> impl Future<Output = Result<Option<Self::Piece>, Error>> + Send;

    /// Lets go of what is under way.
    fn let_go(&mut self);
}

impl Stream for Lines {
    type Piece = attest_sdk::LogEntry;

    fn try_next(&mut self) -> impl Future<Output = Result<Option<Self::Piece>, Error>> + Send {
        Self::try_next(self)
    }

    fn let_go(&mut self) {
        Self::let_go(self);
    }
}

impl Stream for Events {
    type Piece = attest_sdk::ExecutionEvent;

    fn try_next(&mut self) -> impl Future<Output = Result<Option<Self::Piece>, Error>> + Send {
        Self::try_next(self)
    }

    fn let_go(&mut self) {
        Self::let_go(self);
    }
}
