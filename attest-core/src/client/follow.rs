//! Following an execution to its end: its log line after line, and each change of its state, by looks that a server holds
//! back until there is something new, or by polling.

use std::sync::Arc;
use std::time::Duration;

use super::endpoint::executions::{self, Seen};
use super::pace::{Pace, hold};
use super::{Action, Call, ClientConfig, Event, Machine};
use crate::error::Error;
use crate::v1::{Execution, LogEntry, LogLevel, LogPage, LogStream};

/// Which lines are wanted; all where nothing is set.
///
/// ```
/// use attest_core::client::{LogFilter, executions};
/// use attest_core::v1::LogStream;
///
/// let what_went_wrong = LogFilter {
///     step: Some("test".to_owned()),
///     stream: Some(LogStream::Stderr),
///     ..LogFilter::default()
/// };
/// let last_lines = executions::logs("exec_1", &what_went_wrong, Some(20))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Of this step.
    pub step: Option<String>,
    /// Of this level.
    pub level: Option<LogLevel>,
    /// Of this stream.
    pub stream: Option<LogStream>,
}

/// What is new about an execution.
///
/// ```
/// use attest_core::client::News;
///
/// /// Whether it was the last of an execution.
/// fn show(news: &News) -> bool {
///     for line in &news.lines {
///         println!("[{}] {}", line.step, line.message.escape_debug());
///     }
///     news.execution.as_ref().is_some_and(|execution| execution.status.is_terminal())
/// }
/// assert!(!show(&News::default()));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct News {
    /// Lines not given before, oldest first.
    pub lines: Vec<LogEntry>,
    /// The execution, where it is not as it was given last. Every line that was there before it has been given,
    /// or is among `lines`.
    pub execution: Option<Execution>,
}

enum Asking {
    State(Call<Seen>),
    Lines(Call<LogPage>),
}

/// What the next [`Event::Start`] begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    State,
    Lines,
    Pause,
    Nothing,
}

/// The machine of an execution that is followed. Each result is what is new, `None` at the end; step it with
/// [`Event::Start`] for the next. Nothing is asked before the caller wants more, so a slow reader slows it down and costs
/// no memory.
///
/// The state is asked for first and the lines after it, so a state is given with the last of what was written before it,
/// and the end is reached when nothing is left to read of an execution that was over before the question. From the second
/// look on a server that can is asked to hold its answer back until something of the execution or its log is new.
///
/// ```
/// use std::time::Duration;
///
/// use attest_core::client::{Action, Event, Follow, LogFilter, Machine as _};
///
/// # let config = attest_core::client::ClientConfig::builder().base_url("https://attest.example.com").anonymous();
/// # let config = std::sync::Arc::new(config.build()?);
/// # let answer = |body: &str| attest_core::client::Response { status: 200, headers: vec![], body: body.into(), received_at: chrono::Utc::now() };
/// // From the line after number 41, as of a listener that comes back.
/// let mut follow = Follow::new(config, "exec_1", LogFilter::default(), 41, 7);
/// let _asked_state = follow.step(Duration::ZERO, Event::Start);
/// let over = Event::Answered(answer(r#"{"id": "exec_1", "status": "completed"}"#));
/// let Action::Send(lines) = follow.step(Duration::ZERO, over) else { panic!("no lines are asked for") };
/// assert!(lines.url.query().is_some_and(|query| query.contains("after=41")));
/// assert_eq!(follow.position(), 41);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Follow {
    config: Arc<ClientConfig>,
    id: String,
    filter: LogFilter,
    after: u64,
    pace: Pace,
    asking: Option<Asking>,
    next: Next,
    /// Of the last state that was seen, where the server gives it one: what is new since then is asked for.
    tag: Option<String>,
    /// The last look was such a question.
    held: bool,
    seen: Option<Execution>,
    given: Option<Execution>,
}

impl Follow {
    /// Follows the execution of that id, its log from the line after `after` (0: from the beginning).
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
            next: Next::State,
            tag: None,
            held: false,
            seen: None,
            given: None,
        }
    }

    /// The position of the last line given.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.after
    }

    fn ask_state(&mut self, now: Duration) -> Action<Option<News>> {
        self.held = self.tag.is_some();
        let seconds = match self.held {
            true => hold(&self.config, None),
            false => None,
        };
        let mut call = match executions::watch(&self.id, self.tag.as_deref(), seconds) {
            Ok(endpoint) => Call::new(self.config.clone(), endpoint),
            Err(error) => return self.end(Err(error)),
        };
        self.pace.asks(now);
        let action = relay(call.step(now, Event::Start));
        self.asking = Some(Asking::State(call));
        action
    }

    fn state(&mut self, now: Duration, seen: Seen) -> Action<Option<News>> {
        self.tag = seen.tag;
        let Some(execution) = seen.execution else {
            // Neither it nor its log is other than it was.
            self.pace.succeeded();
            return self.pause(now);
        };
        if self.held {
            self.pace.ease();
        }
        self.seen = Some(execution);
        self.ask_lines(now)
    }

    fn ask_lines(&mut self, now: Duration) -> Action<Option<News>> {
        let mut call = match executions::logs_after(&self.id, &self.filter, self.after) {
            Ok(endpoint) => Call::new(self.config.clone(), endpoint),
            Err(error) => return self.end(Err(error)),
        };
        let action = relay(call.step(now, Event::Start));
        self.asking = Some(Asking::Lines(call));
        action
    }

    fn end(&mut self, result: Result<Option<News>, Error>) -> Action<Option<News>> {
        self.next = Next::Nothing;
        Action::Done(result)
    }

    fn lines(&mut self, now: Duration, page: LogPage) -> Action<Option<News>> {
        self.pace.succeeded();
        let has_more = page.has_more;
        let mut lines = Vec::with_capacity(page.logs.len());
        for entry in page.logs {
            // A line that was given already, or that has no place, is dropped: never twice, never out of order.
            if entry.seq > self.after {
                self.after = entry.seq;
                lines.push(entry);
            }
        }
        let over = self
            .seen
            .as_ref()
            .is_some_and(|execution| execution.status.is_terminal());
        if has_more && !lines.is_empty() {
            self.next = Next::Lines;
            return Action::Done(Ok(Some(News {
                lines,
                execution: None,
            })));
        }
        let first = self.given.is_none();
        let execution = if self.seen == self.given {
            None
        } else {
            self.seen.clone()
        };
        if let Some(execution) = &execution {
            self.given = Some(execution.clone());
        }
        self.next = if over { Next::Nothing } else { Next::Pause };
        if lines.is_empty() && execution.is_none() {
            return if over {
                Action::Done(Ok(None))
            } else {
                self.pause(now)
            };
        }
        if !first || !lines.is_empty() {
            self.pace.reset();
        }
        Action::Done(Ok(Some(News { lines, execution })))
    }

    fn pause(&mut self, now: Duration) -> Action<Option<News>> {
        self.next = Next::State;
        if self.tag.is_some() && !self.held {
            // The first question that a server can hold back: it makes the pause.
            return self.ask_state(now);
        }
        match self.pace.next(now) {
            Some(pause) => Action::Sleep(pause),
            None => self.ask_state(now),
        }
    }

    /// What the caller gets who asks for more, perhaps after having given up in the middle of a pause or a question.
    fn more(&mut self, now: Duration) -> Action<Option<News>> {
        match self.asking.take() {
            // Whoever asks for short turns would never hear an answer that is held back longer than one: the next is not.
            Some(Asking::State(_)) if self.held => {
                self.tag = None;
                return self.pause(now);
            }
            // The state that was seen is not told without the lines before it.
            Some(Asking::Lines(_)) => return self.ask_lines(now),
            Some(Asking::State(_)) | None => {}
        }
        let left = self.pace.left(now).unwrap_or_default();
        if self.next == Next::State && !left.is_zero() {
            return Action::Sleep(left);
        }
        self.go_on(now)
    }

    fn go_on(&mut self, now: Duration) -> Action<Option<News>> {
        match self.next {
            Next::State => self.ask_state(now),
            Next::Lines => self.ask_lines(now),
            Next::Pause => self.pause(now),
            Next::Nothing => Action::Done(Ok(None)),
        }
    }

    fn failed(&mut self, now: Duration, error: Error) -> Action<Option<News>> {
        // What is in between may not bear an answer that takes long: the next one is not held back.
        self.tag = None;
        match self.pace.after(error, now) {
            Ok(pause) => {
                self.next = Next::State;
                Action::Sleep(pause)
            }
            Err(error) => self.end(Err(error)),
        }
    }
}

/// A call that is not done yet; one that is goes through [`Follow::lines`] and its neighbours instead.
fn relay<T>(action: Action<T>) -> Action<Option<News>> {
    match action {
        Action::Send(request) => Action::Send(request),
        Action::Sleep(pause) => Action::Sleep(pause),
        Action::Done(Err(error)) => Action::Done(Err(error)),
        Action::Done(Ok(_)) => Action::Done(Ok(Some(News::default()))),
    }
}

impl Machine for Follow {
    type Output = Option<News>;

    fn step(&mut self, now: Duration, event: Event) -> Action<Self::Output> {
        match event {
            Event::Start => return self.more(now),
            Event::Woke => return self.go_on(now),
            Event::Answered(_) | Event::Failed(_) => {}
        }
        match self.asking.take() {
            Some(Asking::State(mut call)) => match call.step(now, event) {
                Action::Done(Ok(seen)) => self.state(now, seen),
                Action::Done(Err(error)) => self.failed(now, error),
                other => {
                    self.asking = Some(Asking::State(call));
                    relay(other)
                }
            },
            Some(Asking::Lines(mut call)) => match call.step(now, event) {
                Action::Done(Ok(page)) => self.lines(now, page),
                Action::Done(Err(error)) => self.failed(now, error),
                other => {
                    self.asking = Some(Asking::Lines(call));
                    relay(other)
                }
            },
            None => self.ask_state(now),
        }
    }
}
