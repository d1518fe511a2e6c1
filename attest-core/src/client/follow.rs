//! Following an execution's log to its end, by asking for what comes after the last line seen.

use std::sync::Arc;
use std::time::Duration;

use super::wait::Pace;
use super::{Action, Call, ClientConfig, Event, Machine, executions};
use crate::error::Error;
use crate::v1::{Execution, LogEntry, LogLevel, LogPage, LogStream};

/// How many transient failures in a row are tolerated.
const TOLERATED: u32 = 5;

/// Which lines are wanted; all where nothing is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Of this step.
    pub step: Option<String>,
    /// Of this level.
    pub level: Option<LogLevel>,
    /// Of this stream.
    pub stream: Option<LogStream>,
}

enum Asking {
    Lines(Call<LogPage>),
    State(Call<Execution>),
}

/// The machine of a log stream. Each result is a batch of new lines, `None` at the end; step it with [`Event::Start`] for
/// the next. Nothing is asked before the caller wants more, so a slow reader slows the stream and costs no memory.
///
/// The end is known by the execution being over *before* a look that found nothing more.
pub struct Follow {
    config: Arc<ClientConfig>,
    id: String,
    filter: LogFilter,
    after: u64,
    pace: Pace,
    asking: Option<Asking>,
    over: bool,
    ended: bool,
    failures: u32,
}

impl Follow {
    /// Follows the log of the execution of that id, from the line after `after` (0: from the beginning).
    #[must_use]
    pub fn new(
        config: Arc<ClientConfig>,
        id: &str,
        filter: LogFilter,
        after: u64,
        seed: u64,
    ) -> Self {
        Self {
            config,
            id: id.to_owned(),
            filter,
            after,
            pace: Pace::new(seed),
            asking: None,
            over: false,
            ended: false,
            failures: 0,
        }
    }

    /// The position of the last line given.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.after
    }

    fn ask_lines(&mut self, now: Duration) -> Action<Option<Vec<LogEntry>>> {
        match executions::logs_after(&self.id, &self.filter, self.after) {
            Ok(endpoint) => {
                let mut call = Call::new(self.config.clone(), endpoint);
                let action = relay(call.step(now, Event::Start));
                self.asking = Some(Asking::Lines(call));
                action
            }
            Err(error) => self.end(Err(error)),
        }
    }

    fn ask_state(&mut self, now: Duration) -> Action<Option<Vec<LogEntry>>> {
        match executions::get(&self.id) {
            Ok(endpoint) => {
                let mut call = Call::new(self.config.clone(), endpoint);
                let action = relay(call.step(now, Event::Start));
                self.asking = Some(Asking::State(call));
                action
            }
            Err(error) => self.end(Err(error)),
        }
    }

    fn end(
        &mut self,
        result: Result<Option<Vec<LogEntry>>, Error>,
    ) -> Action<Option<Vec<LogEntry>>> {
        self.ended = true;
        Action::Done(result)
    }

    fn lines(&mut self, now: Duration, page: LogPage) -> Action<Option<Vec<LogEntry>>> {
        self.failures = 0;
        let mut fresh = Vec::with_capacity(page.logs.len());
        for entry in page.logs {
            // A line that was given already, or that has no place, is dropped: never twice, never out of order.
            if entry.seq > self.after {
                self.after = entry.seq;
                fresh.push(entry);
            }
        }
        if !fresh.is_empty() {
            self.pace.reset();
            return Action::Done(Ok(Some(fresh)));
        }
        if self.over {
            self.end(Ok(None))
        } else {
            self.ask_state(now)
        }
    }

    fn state(&mut self, now: Duration, execution: &Execution) -> Action<Option<Vec<LogEntry>>> {
        self.failures = 0;
        if execution.status.is_terminal() {
            self.over = true;
            return self.ask_lines(now);
        }
        Action::Sleep(self.pace.next())
    }

    fn failed(&mut self, error: Error) -> Action<Option<Vec<LogEntry>>> {
        if error.is_retryable() && self.failures < TOLERATED {
            self.failures += 1;
            return Action::Sleep(self.pace.next());
        }
        self.end(Err(error))
    }
}

fn relay<T>(action: Action<T>) -> Action<Option<Vec<LogEntry>>> {
    match action {
        Action::Send(request) => Action::Send(request),
        Action::Sleep(pause) => Action::Sleep(pause),
        Action::Done(Err(error)) => Action::Done(Err(error)),
        Action::Done(Ok(_)) => Action::Done(Ok(Some(Vec::new()))),
    }
}

impl Machine for Follow {
    type Output = Option<Vec<LogEntry>>;

    fn step(&mut self, now: Duration, event: Event) -> Action<Self::Output> {
        if self.ended {
            return Action::Done(Ok(None));
        }
        if matches!(event, Event::Start | Event::Woke) {
            return self.ask_lines(now);
        }
        match self.asking.take() {
            Some(Asking::Lines(mut call)) => match call.step(now, event) {
                Action::Done(Ok(page)) => self.lines(now, page),
                Action::Done(Err(error)) => self.failed(error),
                other => {
                    self.asking = Some(Asking::Lines(call));
                    relay(other)
                }
            },
            Some(Asking::State(mut call)) => match call.step(now, event) {
                Action::Done(Ok(execution)) => self.state(now, &execution),
                Action::Done(Err(error)) => self.failed(error),
                other => {
                    self.asking = Some(Asking::State(call));
                    relay(other)
                }
            },
            None => self.ask_lines(now),
        }
    }
}
