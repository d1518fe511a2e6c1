//! The changes of an execution, each once and in order, by polling.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::wait::{Pace, TOLERATED};
use super::{Action, Call, ClientConfig, Event, Machine, executions};
use crate::error::Error;
use crate::v1::{Execution, ExecutionStatus, ExecutionStep, StepStatus};

/// One thing that happened to an execution.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExecutionEvent {
    /// The execution is in another status.
    StatusChanged {
        /// The status it is in now.
        status: ExecutionStatus,
    },
    /// A step began.
    StepStarted {
        /// The step as it was then.
        step: ExecutionStep,
    },
    /// A step that began, or was taken from the cache, is over; its status says how it ended.
    StepCompleted {
        /// The step at its end.
        step: ExecutionStep,
    },
}

/// The machine of an execution whose changes are listened to. Each result is the next change, `None` at the end; step it
/// with [`Event::Start`] for the next. Nothing is asked before the caller wants more.
///
/// What happened before the first look is told first: steps that are over already, then a status other than the one the
/// caller knows. What comes and goes between two looks is told as far as the later one shows it.
pub struct Changes {
    config: Arc<ClientConfig>,
    id: String,
    pace: Pace,
    call: Option<Call<Execution>>,
    status: Option<ExecutionStatus>,
    steps: Vec<(String, Told)>,
    untold: VecDeque<ExecutionEvent>,
    looked: bool,
    over: bool,
    failures: u32,
}

/// What was told of a step.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
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
            status,
            steps: Vec::new(),
            untold: VecDeque::new(),
            looked: false,
            over: false,
            failures: 0,
        }
    }

    fn look(&mut self, now: Duration) -> Action<Option<ExecutionEvent>> {
        let mut call = match executions::get(&self.id) {
            Ok(endpoint) => Call::new(self.config.clone(), endpoint),
            Err(error) => return self.end(error),
        };
        let action = call.step(now, Event::Start);
        self.call = Some(call);
        self.relay(action)
    }

    fn relay(&mut self, action: Action<Execution>) -> Action<Option<ExecutionEvent>> {
        match action {
            Action::Send(request) => Action::Send(request),
            Action::Sleep(pause) => Action::Sleep(pause),
            Action::Done(Ok(execution)) => {
                self.failures = 0;
                self.compare(&execution);
                self.tell()
            }
            Action::Done(Err(error)) if error.is_retryable() && self.failures < TOLERATED => {
                self.failures += 1;
                Action::Sleep(self.pace.next())
            }
            Action::Done(Err(error)) => self.end(error),
        }
    }

    fn end(&mut self, error: Error) -> Action<Option<ExecutionEvent>> {
        self.over = true;
        Action::Done(Err(error))
    }

    fn tell(&mut self) -> Action<Option<ExecutionEvent>> {
        match self.untold.pop_front() {
            Some(event) => Action::Done(Ok(Some(event))),
            None if self.over => Action::Done(Ok(None)),
            None => Action::Sleep(self.pace.next()),
        }
    }

    fn compare(&mut self, now: &Execution) {
        self.over = now.status.is_terminal();
        let change = (self.status.as_ref() != Some(&now.status)).then(|| {
            let status = now.status.clone();
            ExecutionEvent::StatusChanged { status }
        });
        // An end is told after what led to it, a beginning before what follows.
        let (before, after) = if self.over || !self.looked {
            (None, change)
        } else {
            (change, None)
        };
        self.untold.extend(before);
        for step in &now.steps {
            self.step(step);
        }
        self.untold.extend(after);
        if !self.untold.is_empty() && self.looked {
            self.pace.reset();
        }
        self.status = Some(now.status.clone());
        self.looked = true;
    }

    fn step(&mut self, step: &ExecutionStep) {
        let (started, ended) = match step.status {
            StepStatus::Pending | StepStatus::Skipped => (false, false),
            StepStatus::Completed | StepStatus::Failed | StepStatus::TimedOut => (true, true),
            StepStatus::Cancelled => (step.started_at.is_some(), step.started_at.is_some()),
            _ => (true, false),
        };
        let told = match self.steps.iter_mut().find(|(name, _)| *name == step.name) {
            Some((_, told)) => told,
            None => {
                self.steps.push((step.name.clone(), Told::Nothing));
                match self.steps.last_mut() {
                    Some((_, told)) => told,
                    None => return,
                }
            }
        };
        if started && *told < Told::Start {
            *told = Told::Start;
            self.untold
                .push_back(ExecutionEvent::StepStarted { step: step.clone() });
        }
        if ended && *told < Told::End {
            *told = Told::End;
            self.untold
                .push_back(ExecutionEvent::StepCompleted { step: step.clone() });
        }
    }
}

impl Machine for Changes {
    type Output = Option<ExecutionEvent>;

    fn step(&mut self, now: Duration, event: Event) -> Action<Self::Output> {
        match event {
            Event::Start if self.looked || self.over => self.tell(),
            Event::Start | Event::Woke => self.look(now),
            event => match self.call.take() {
                Some(mut call) => {
                    let action = call.step(now, event);
                    self.call = Some(call);
                    self.relay(action)
                }
                None => self.look(now),
            },
        }
    }
}
