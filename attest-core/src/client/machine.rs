//! What every rule of the client looks like from outside.

use std::time::Duration;

use super::{Failure, Request, Response};
use crate::error::Error;

/// What happened since the machine last spoke.
///
/// ```
/// use attest_core::client::{Event, Failure};
///
/// /// What a sender that speaks `curl` reports.
/// fn event(exit_code: i32) -> Event {
///     match exit_code {
///         28 => Event::Failed(Failure::Timeout(std::time::Duration::from_secs(30))),
///         code => Event::Failed(Failure::Connection(format!("curl exited {code}"))),
///     }
/// }
/// assert!(matches!(event(7), Event::Failed(Failure::Connection(_))));
/// ```
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
///
/// ```
/// use std::time::Duration;
///
/// use attest_core::client::Action;
///
/// fn describe<T>(action: &Action<T>) -> String {
///     match action {
///         Action::Send(request) => format!("{} {}", request.method.as_str(), request.url),
///         Action::Sleep(pause) => format!("wait {} ms", pause.as_millis()),
///         Action::Done(Ok(_)) => "done".to_owned(),
///         Action::Done(Err(error)) => format!("failed: {error}"),
///     }
/// }
/// assert_eq!(describe::<()>(&Action::Sleep(Duration::from_millis(49))), "wait 49 ms");
/// ```
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
///
/// ```
/// use std::time::Duration;
///
/// use attest_core::client::{Action, Event, Failure, Machine, Request, Response, Wait};
/// use attest_core::error::Error;
///
/// /// Runs any rule of the client, without a runtime: `now`, `send` and `sleep` are all it needs.
/// fn run<M: Machine>(
///     machine: &mut M,
///     now: impl Fn() -> Duration,
///     send: impl Fn(Request) -> Result<Response, Failure>,
///     sleep: impl Fn(Duration),
/// ) -> Result<M::Output, Error> {
///     let mut event = Event::Start;
///     loop {
///         event = match machine.step(now(), event) {
///             Action::Send(request) => send(*request).map_or_else(Event::Failed, Event::Answered),
///             Action::Sleep(pause) => {
///                 sleep(pause);
///                 Event::Woke
///             }
///             Action::Done(result) => return result,
///         };
///     }
/// }
///
/// # let config = attest_core::client::ClientConfig::builder().base_url("https://attest.example.com").anonymous();
/// # let config = std::sync::Arc::new(config.build()?);
/// # let answer = |body: &str| attest_core::client::Response { status: 200, headers: vec![], body: body.into(), received_at: chrono::Utc::now() };
/// let mut wait = Wait::new(config, "exec_1", None, 7);
/// let send = |_| Ok(answer(r#"{"id": "exec_1", "status": "completed"}"#));
/// let execution = run(&mut wait, || Duration::ZERO, send, |_| ())?;
/// assert!(execution.status.is_terminal());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Machine {
    /// What it results in.
    type Output;

    /// One step. `now` is time since any fixed moment, from a clock that never goes back.
    fn step(&mut self, now: Duration, event: Event) -> Action<Self::Output>;
}
