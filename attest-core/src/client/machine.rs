//! What every rule of the client looks like from outside.

use std::time::Duration;

use super::{Failure, Request, Response};
use crate::error::Error;

/// What happened since the machine last spoke.
#[derive(Clone, Debug)]
pub enum Event {
    /// Nothing yet, or the caller wants the next result.
    Start,
    /// The request was answered.
    Answered(Response),
    /// The request was not answered.
    Failed(Failure),
    /// The sleep is over.
    Woke,
}

/// What to do next.
#[derive(Debug)]
pub enum Action<T> {
    /// Send this and report [`Event::Answered`] or [`Event::Failed`].
    Send(Box<Request>),
    /// Wait that long and report [`Event::Woke`].
    Sleep(Duration),
    /// There is a result.
    Done(Result<T, Error>),
}

/// A rule: told what happened, it says what to do next.
pub trait Machine {
    /// What it results in.
    type Output;

    /// One step. `now` is time since any fixed moment, from a clock that never goes back.
    fn step(&mut self, now: Duration, event: Event) -> Action<Self::Output>;
}
