//! Waiting until an execution is over: by looks that a server holds back until then, or by polling.

use std::sync::Arc;
use std::time::Duration;

use super::endpoint::executions::{self, Seen};
use super::pace::{Pace, hold};
use super::{Action, Call, ClientConfig, Event, Machine};
use crate::error::{Error, ErrorKind};
use crate::v1;

/// The machine of a wait. A failed execution is a result, not an error; an unknown status is not the end.
///
/// It looks at once, and each look says how long a server may hold its answer back until the execution is over
/// (`Prefer: wait`). One that answers at once all the same is looked at after growing pauses. Up to five transient failures
/// in a row are tolerated, each followed by a pause as long as the server asks for, and by a look that nobody holds back.
///
/// ```
/// use std::time::Duration;
///
/// use attest_core::client::{Action, Event, Machine as _, Wait};
///
/// # let config = attest_core::client::ClientConfig::builder().base_url("https://attest.example.com").anonymous();
/// # let config = std::sync::Arc::new(config.build()?);
/// # let answer = |body: &str| attest_core::client::Response { status: 200, headers: vec![], body: body.into(), received_at: chrono::Utc::now() };
/// let mut wait = Wait::new(config, "exec_1", Some(Duration::from_secs(60)), 7);
/// let _asked = wait.step(Duration::ZERO, Event::Start);
/// let running = Event::Answered(answer(r#"{"id": "exec_1", "status": "running"}"#));
/// let Action::Sleep(pause) = wait.step(Duration::ZERO, running) else { panic!("no pause") };
/// assert!(pause < Duration::from_millis(60), "short at first: it may come from the cache");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Wait {
    config: Arc<ClientConfig>,
    id: String,
    timeout: Option<Duration>,
    pace: Pace,
    call: Option<Call<Seen>>,
    /// The last look failed: what is in between may not bear an answer that takes long.
    failed: bool,
    began: Option<Duration>,
    last_seen: Option<v1::Execution>,
}

impl Wait {
    /// Waits for the execution of that id, for ever or for at most `timeout`. `seed` spreads the pauses.
    #[must_use]
    pub fn new(config: Arc<ClientConfig>, id: &str, timeout: Option<Duration>, seed: u64) -> Self {
        Self {
            config,
            id: id.to_owned(),
            timeout,
            pace: Pace::new(seed),
            call: None,
            failed: false,
            began: None,
            last_seen: None,
        }
    }

    fn look(&mut self, now: Duration) -> Action<v1::Execution> {
        let seconds = match self.failed {
            false => hold(&self.config, self.left(now)),
            true => None,
        };
        let endpoint = match executions::watch(&self.id, None, seconds) {
            Ok(endpoint) => endpoint,
            Err(error) => return Action::Done(Err(error)),
        };
        self.pace.asks(now);
        let call = Call::new(self.config.clone(), endpoint);
        self.advance(call, now, Event::Start)
    }

    fn advance(
        &mut self,
        mut call: Call<Seen>,
        now: Duration,
        event: Event,
    ) -> Action<v1::Execution> {
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
                self.failed = false;
                match seen.execution {
                    Some(execution) if execution.status.is_terminal() => {
                        return Action::Done(Ok(execution));
                    }
                    seen => self.last_seen = seen,
                }
                let pause = self.pace.next(now);
                self.rest(now, pause.unwrap_or_default())
            }
            Action::Done(Err(error)) => {
                self.failed = true;
                match self.pace.after(error, now) {
                    Ok(pause) => self.rest(now, pause),
                    Err(error) => Action::Done(Err(error)),
                }
            }
        }
    }

    /// What is left of the caller's time, where it is limited.
    fn left(&self, now: Duration) -> Option<Duration> {
        let passed = now.saturating_sub(self.began.unwrap_or(now));
        Some(self.timeout?.saturating_sub(passed))
    }

    fn rest(&mut self, now: Duration, pause: Duration) -> Action<v1::Execution> {
        match (self.timeout, self.left(now)) {
            (Some(timeout), Some(Duration::ZERO)) => Action::Done(Err(self.too_late(timeout))),
            _ if pause.is_zero() => self.look(now),
            (_, Some(left)) => Action::Sleep(pause.min(left)),
            (_, None) => Action::Sleep(pause),
        }
    }

    fn too_late(&mut self, timeout: Duration) -> Error {
        let error = Error::new(
            ErrorKind::WaitTimeout,
            format!(
                "execution {} was not over after {} s; it goes on, wait again or cancel it",
                self.id,
                timeout.as_secs_f64()
            ),
        );
        match self.last_seen.take() {
            Some(execution) => error.with_last_seen(execution),
            None => error,
        }
    }
}

impl Machine for Wait {
    type Output = v1::Execution;

    fn step(&mut self, now: Duration, event: Event) -> Action<v1::Execution> {
        self.began.get_or_insert(now);
        match (event, self.call.take()) {
            (Event::Start | Event::Woke, _) | (_, None) => self.look(now),
            (event, Some(call)) => self.advance(call, now, event),
        }
    }
}
