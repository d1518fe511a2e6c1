//! What comes piece by piece: log lines and changes of an execution.

use std::sync::Arc;

use attest_sdk::LogEntry;
use tokio::sync::{Mutex, MutexGuard};

use crate::hooks::Counted;
use crate::{Cancel, Client, Pending, json};

/// Log lines as they come. Any number of callers may ask for the next one; each line is given once.
#[derive(Clone, Debug)]
pub struct LogStream {
    client: Client,
    lines: Arc<Mutex<attest_sdk::LogStream>>,
    _counted: Counted,
}

/// The changes of an execution as they come.
#[derive(Clone, Debug)]
pub struct EventStream {
    client: Client,
    events: Arc<Mutex<attest_sdk::EventStream>>,
    _counted: Counted,
}

/// What a stream has under way.
trait LetGo {
    fn let_go(&mut self);
}

impl LetGo for attest_sdk::LogStream {
    fn let_go(&mut self) {
        Self::let_go(self);
    }
}

impl LetGo for attest_sdk::EventStream {
    fn let_go(&mut self) {
        Self::let_go(self);
    }
}

/// One ask of a stream. Called off in its middle, it lets go of the connection: the handle may live on for long.
struct Asking<'a, S: LetGo>(MutexGuard<'a, S>);

impl<S: LetGo> Drop for Asking<'_, S> {
    fn drop(&mut self) {
        self.0.let_go();
    }
}

impl LogStream {
    pub(crate) fn of(client: Client, lines: attest_sdk::LogStream) -> Self {
        Self {
            client,
            lines: Arc::new(Mutex::new(lines)),
            _counted: Counted::default(),
        }
    }

    /// The next line, a JSON object; `None` at the end. A call that was cancelled loses nothing.
    #[must_use]
    pub fn next(&self, cancel: Option<Cancel>) -> Pending<Option<String>> {
        let lines = self.lines.clone();
        self.client.calling(cancel, async move {
            let mut asking = Asking(lines.lock().await);
            let entry: Option<LogEntry> = asking.0.try_next().await?;
            entry.as_ref().map(json::write).transpose()
        })
    }
}

impl EventStream {
    pub(crate) fn of(client: Client, events: attest_sdk::EventStream) -> Self {
        Self {
            client,
            events: Arc::new(Mutex::new(events)),
            _counted: Counted::default(),
        }
    }

    /// The next change, a JSON object with the member `event`; `None` at the end. A call that was cancelled loses nothing.
    #[must_use]
    pub fn next(&self, cancel: Option<Cancel>) -> Pending<Option<String>> {
        let events = self.events.clone();
        self.client.calling(cancel, async move {
            let mut asking = Asking(events.lock().await);
            let event = asking.0.try_next().await?;
            event.as_ref().map(json::write).transpose()
        })
    }
}
