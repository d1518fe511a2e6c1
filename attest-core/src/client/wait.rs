//! Waiting until an execution is over, by polling.

use std::sync::Arc;
use std::time::Duration;

use super::{Action, Call, ClientConfig, Event, Machine, executions};
use crate::error::{Error, ErrorKind};
use crate::v1;

/// How many transient failures in a row a wait tolerates.
const TOLERATED: u32 = 5;

/// The longest pause that a server may ask for; where it asks for more, the error is the caller's.
const LONGEST_HINT: Duration = Duration::from_secs(60);

/// A wait begins with four pauses below a quarter of a second (49, 74, 111, 167 ms): an execution whose steps all come
/// from the cache takes a few tens of milliseconds. It does not go back to them, for a log that moves would then cost
/// more calls than a small rate limit has.
const SHORT: i32 = -4;

/// The pause before a look: `min(0.25·1.5^n, 5)` seconds, ±10 %, for n = [`SHORT`], … , 0, 1, …; and how many failures in
/// a row are borne with.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    looks: i32,
    failures: u32,
    /// When the pause that was begun is over; `None` once a look was answered after it.
    due: Option<Duration>,
    state: u64,
}

impl Pace {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            looks: SHORT,
            failures: 0,
            due: None,
            state: seed,
        }
    }

    /// A look was answered.
    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
        self.due = None;
    }

    /// What is left of the pause that was begun: whoever gave up in its middle and asks again neither looks early nor begins
    /// it anew.
    pub(super) fn left(&self, now: Duration) -> Option<Duration> {
        self.due.map(|due| due.saturating_sub(now))
    }

    /// After a look that failed: no less than the server asks for. An error that no repeat mends, that is one too many, or
    /// whose server asks for more than a minute, comes back.
    pub(super) fn after(&mut self, error: Error, now: Duration) -> Result<Duration, Error> {
        let asked = error.retry_after().unwrap_or_default();
        if !error.is_retryable() || self.failures == TOLERATED || asked > LONGEST_HINT {
            return Err(error);
        }
        self.failures += 1;
        let pause = self.spread().max(asked);
        self.due = Some(now.saturating_add(pause));
        Ok(pause)
    }

    pub(super) fn next(&mut self, now: Duration) -> Duration {
        let pause = self.spread();
        self.due = Some(now.saturating_add(pause));
        pause
    }

    fn spread(&mut self) -> Duration {
        let base = (0.25 * 1.5_f64.powi(self.looks)).min(5.0);
        self.looks = (self.looks + 1).min(64);
        Duration::from_secs_f64(base * (0.9 + 0.2 * self.unit()))
    }

    /// Back to a quarter of a second: something moved.
    pub(super) fn reset(&mut self) {
        self.looks = 0;
    }

    /// A number in [0, 1), by SplitMix64: enough to spread clients, and a seed replays it.
    fn unit(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let high = u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or_default();
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }
}

/// The machine of a wait. A failed execution is a result, not an error; an unknown status is not the end.
///
/// It looks at once, then after growing pauses. Up to five transient failures in a row are tolerated, each followed by a
/// pause as long as the server asks for.
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
    call: Option<Call<v1::Execution>>,
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
            began: None,
            last_seen: None,
        }
    }

    fn look(&mut self, now: Duration) -> Action<v1::Execution> {
        let endpoint = match executions::get(&self.id) {
            Ok(endpoint) => endpoint,
            Err(error) => return Action::Done(Err(error)),
        };
        let mut call = Call::new(self.config.clone(), endpoint);
        let action = call.step(now, Event::Start);
        self.call = Some(call);
        action
    }

    fn rest(&mut self, now: Duration, pause: Duration) -> Action<v1::Execution> {
        let Some(timeout) = self.timeout else {
            return Action::Sleep(pause);
        };
        let left = timeout.saturating_sub(now.saturating_sub(self.began.unwrap_or(now)));
        if left.is_zero() {
            return Action::Done(Err(self.too_late(timeout)));
        }
        Action::Sleep(pause.min(left))
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
        let Some(call) = &mut self.call else {
            return self.look(now);
        };
        match event {
            Event::Start | Event::Woke => self.look(now),
            event => match call.step(now, event) {
                Action::Done(Ok(execution)) if execution.status.is_terminal() => {
                    Action::Done(Ok(execution))
                }
                Action::Done(Ok(execution)) => {
                    self.last_seen = Some(execution);
                    self.pace.succeeded();
                    let pause = self.pace.next(now);
                    self.rest(now, pause)
                }
                Action::Done(Err(error)) => match self.pace.after(error, now) {
                    Ok(pause) => self.rest(now, pause),
                    Err(error) => Action::Done(Err(error)),
                },
                other => other,
            },
        }
    }
}
