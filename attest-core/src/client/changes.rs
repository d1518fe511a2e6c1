//! The changes of an execution, each once and in order, by looks that a server holds back until there is something new, or
//! by polling.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::endpoint::executions::{self, Seen};
use super::pace::{Pace, hold};
use super::{Action, Call, ClientConfig, Event, Machine};
use crate::error::Error;
use crate::v1::{Execution, ExecutionStatus, ExecutionStep, StepStatus};

/// One thing that happened to an execution.
///
/// ```
/// use attest_core::client::ExecutionEvent;
/// use attest_core::v1::ExecutionStatus;
///
/// let event = ExecutionEvent::StatusChanged { status: ExecutionStatus::Running };
/// assert_eq!(serde_json::to_string(&event)?, r#"{"event":"status_changed","status":"running"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExecutionEvent {
    /// The execution is in another status.
    StatusChanged {
        /// The status it is in now.
        status: ExecutionStatus,
    },
    /// A step began, or was taken from the cache.
    StepStarted {
        /// The step as it was first seen after that; it may be over by then.
        step: ExecutionStep,
    },
    /// A step that began, or was taken from the cache, is over; its status says how it ended.
    StepCompleted {
        /// The step at its end.
        step: ExecutionStep,
    },
}

/// The machine of an execution whose changes are listened to. Each result is the next change, `None` at the end; step it
/// with [`Event::Start`] for the next. Nothing is asked before the caller wants more, and who gives up in the middle of a
/// pause and asks again does not begin it anew.
///
/// What happened before the first look is told first: steps that are over already, then a status other than the one the
/// caller knows. Of what happened between two looks a beginning of the execution is told first, an end last, and the steps
/// between them in the order of their times. What came and went between two looks is told as far as the later one shows it.
///
/// ```
/// use std::time::Duration;
///
/// use attest_core::client::{Action, Changes, Event, ExecutionEvent, Machine as _};
///
/// # let config = attest_core::client::ClientConfig::builder().base_url("https://attest.example.com").anonymous();
/// # let config = std::sync::Arc::new(config.build()?);
/// # let answer = |body: &str| attest_core::client::Response { status: 200, headers: vec![], body: body.into(), received_at: chrono::Utc::now() };
/// let mut changes = Changes::new(config, "exec_1", None, 7);
/// let _asked = changes.step(Duration::ZERO, Event::Start);
/// let text = r#"{"id": "exec_1", "status": "running", "steps": [{"name": "build", "status": "running"}]}"#;
/// let first = changes.step(Duration::ZERO, Event::Answered(answer(text)));
/// assert!(matches!(first, Action::Done(Ok(Some(ExecutionEvent::StepStarted { .. })))));
/// // What was seen at once is told one by one, and nothing is asked for it.
/// let second = changes.step(Duration::ZERO, Event::Start);
/// assert!(matches!(second, Action::Done(Ok(Some(ExecutionEvent::StatusChanged { .. })))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Changes {
    config: Arc<ClientConfig>,
    id: String,
    pace: Pace,
    call: Option<Call<Seen>>,
    /// Of the last state that was seen, where the server gives it one: what is new since then is asked for.
    tag: Option<String>,
    /// The last look was such a question.
    held: bool,
    status: Option<ExecutionStatus>,
    steps: BTreeMap<String, Told>,
    untold: VecDeque<ExecutionEvent>,
    looked: bool,
    over: bool,
}

/// What was told of a step.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    #[default]
    Nothing,
    Start,
    End,
}

impl Changes {
    /// The changes of the execution of that id, which the caller knows to be in `status`, if in any.
    #[must_use]
    pub fn new(
        config: Arc<ClientConfig>,
        id: &str,
        status: Option<ExecutionStatus>,
        seed: u64,
    ) -> Self {
        Self {
            config,
            id: id.to_owned(),
            pace: Pace::new(seed),
            call: None,
            tag: None,
            held: false,
            status,
            steps: BTreeMap::new(),
            untold: VecDeque::new(),
            looked: false,
            over: false,
        }
    }

    fn look(&mut self, now: Duration) -> Action<Option<ExecutionEvent>> {
        self.held = self.tag.is_some();
        let seconds = match self.held {
            true => hold(&self.config, None),
            false => None,
        };
        match executions::watch(&self.id, self.tag.as_deref(), seconds) {
            Ok(endpoint) => {
                self.pace.asks(now);
                let call = Call::new(self.config.clone(), endpoint);
                self.advance(call, now, Event::Start)
            }
            Err(error) => self.fail(error),
        }
    }

    fn advance(
        &mut self,
        mut call: Call<Seen>,
        now: Duration,
        event: Event,
    ) -> Action<Option<ExecutionEvent>> {
        match call.step(now, event) {
            Action::Send(request) => {
                self.call = Some(call);
                Action::Send(request)
            }
            Action::Sleep(pause) => {
                self.call = Some(call);
                Action::Sleep(pause)
            }
            Action::Done(Ok(seen)) => {
                self.pace.succeeded();
                self.tag = seen.tag;
                if let Some(execution) = &seen.execution {
                    if self.held {
                        self.pace.ease();
                    }
                    self.compare(execution);
                }
                self.tell(now)
            }
            Action::Done(Err(error)) => {
                // What is in between may not bear an answer that takes long: the next one is not held back.
                self.tag = None;
                match self.pace.after(error, now) {
                    Ok(pause) => Action::Sleep(pause),
                    Err(error) => self.fail(error),
                }
            }
        }
    }

    fn fail(&mut self, error: Error) -> Action<Option<ExecutionEvent>> {
        self.over = true;
        Action::Done(Err(error))
    }

    fn tell(&mut self, now: Duration) -> Action<Option<ExecutionEvent>> {
        match self.untold.pop_front() {
            Some(event) => Action::Done(Ok(Some(event))),
            None if self.over => Action::Done(Ok(None)),
            // The first question that a server can hold back: it makes the pause.
            None if self.tag.is_some() && !self.held => self.look(now),
            None => match self.pace.next(now) {
                Some(pause) => Action::Sleep(pause),
                None => self.look(now),
            },
        }
    }

    /// What the caller gets who asks for more, perhaps after having given up in the middle of a pause or a call.
    fn more(&mut self, now: Duration) -> Action<Option<ExecutionEvent>> {
        if self.over || !self.untold.is_empty() {
            return self.tell(now);
        }
        if self.call.take().is_some() && self.held {
            // Whoever asks for short turns would never hear an answer that is held back longer than one: the next is not.
            self.tag = None;
            return self.tell(now);
        }
        match self.pace.left(now) {
            Some(left) if !left.is_zero() => Action::Sleep(left),
            None if self.looked => self.tell(now),
            _ => self.look(now),
        }
    }

    fn compare(&mut self, seen: &Execution) {
        self.over = seen.status.is_terminal();
        let change = (self.status.as_ref() != Some(&seen.status)).then(|| {
            let status = seen.status.clone();
            ExecutionEvent::StatusChanged { status }
        });
        let begins = self.looked && !self.over;
        if begins {
            self.untold.extend(change.clone());
        }
        let steps = self.of_steps(&seen.steps);
        self.untold.extend(steps);
        if !begins {
            self.untold.extend(change);
        }
        if !self.untold.is_empty() && self.looked {
            self.pace.reset();
        }
        self.status = Some(seen.status.clone());
        self.looked = true;
    }

    /// What is new about the steps, in the order of its times; in that of the pipeline where a time is not known.
    fn of_steps(&mut self, seen: &[ExecutionStep]) -> impl Iterator<Item = ExecutionEvent> + use<> {
        let mut new = Vec::new();
        for step in seen {
            let (now, end) = (progress(step), step.completed_at);
            let told = self.steps.entry(step.name.clone()).or_default();
            if *told < Told::Start && now >= Told::Start {
                let step = step.clone();
                new.push((step.started_at, end, ExecutionEvent::StepStarted { step }));
            }
            if *told < Told::End && now == Told::End {
                let step = step.clone();
                new.push((end, end, ExecutionEvent::StepCompleted { step }));
            }
            *told = now.max(*told);
        }
        if new.iter().all(|(at, ..)| at.is_some()) {
            // Of one moment: first the step that is over first, for another may have waited for it.
            new.sort_by_key(|(at, end, _)| (*at, end.is_none(), *end));
        }
        new.into_iter().map(|(_, _, event)| event)
    }
}

/// How far a step has come, as far as it is told.
fn progress(step: &ExecutionStep) -> Told {
    match step.status {
        StepStatus::Running => Told::Start,
        StepStatus::Completed | StepStatus::Failed | StepStatus::TimedOut => Told::End,
        StepStatus::Cancelled if step.started_at.is_some() => Told::End,
        StepStatus::Pending | StepStatus::Skipped | StepStatus::Cancelled => Told::Nothing,
        // Of a status that this version does not know.
        _ if step.started_at.is_some() => Told::Start,
        _ => Told::Nothing,
    }
}

impl Machine for Changes {
    type Output = Option<ExecutionEvent>;

    fn step(&mut self, now: Duration, event: Event) -> Action<Self::Output> {
        match event {
            Event::Start => self.more(now),
            Event::Woke => self.look(now),
            event => match self.call.take() {
                Some(call) => self.advance(call, now, event),
                None => self.look(now),
            },
        }
    }
}
