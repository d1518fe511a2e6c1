//! How often an execution is looked at, and how long a server may hold its answer back.

use std::time::Duration;

use super::ClientConfig;
use crate::error::Error;

/// The longest that a server is asked to hold an answer back, seconds. Proxies give up after 30 to 60.
const LONGEST_HOLD: u64 = 20;

/// For how many whole seconds an answer may be held back: well within the time that an attempt has, and within what the
/// caller has `left`. `None` where that is less than one.
pub(super) fn hold(config: &ClientConfig, left: Option<Duration>) -> Option<u64> {
    let attempt = config.timeouts().attempt * 2 / 3;
    let most = left.map_or(attempt, |left| left.min(attempt));
    let seconds = most.as_secs().min(LONGEST_HOLD);
    (seconds > 0).then_some(seconds)
}

/// How many transient failures in a row a wait tolerates.
const TOLERATED: u32 = 5;

/// The longest pause that a server may ask for; where it asks for more, the error is the caller's.
const LONGEST_HINT: Duration = Duration::from_secs(60);

/// A wait begins with four pauses below a quarter of a second (49, 74, 111, 167 ms): an execution whose steps all come
/// from the cache takes a few tens of milliseconds. It does not go back to them, for a log that moves would then cost
/// more calls than a small rate limit has.
const SHORT: i32 = -4;

/// Where something moves that is not of interest: 0.84 seconds.
const EASY: i32 = 3;

/// From one look to the next: `min(0.25·1.5^n, 5)` seconds, ±10 %, for n = [`SHORT`], … , 0, 1, …; and how many failures in
/// a row are borne with. A look that was held back by the server for as long as that is followed by the next at once.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    looks: i32,
    failures: u32,
    /// When the last look was sent.
    asked: Duration,
    /// When the pause that was begun is over; `None` once a look was answered after it.
    due: Option<Duration>,
    state: u64,
}

impl Pace {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            looks: SHORT,
            failures: 0,
            asked: Duration::ZERO,
            due: None,
            state: seed,
        }
    }

    /// A look is sent.
    pub(super) fn asks(&mut self, now: Duration) {
        self.asked = now;
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

    /// What is left until the next look; nothing where it may be sent at once.
    pub(super) fn next(&mut self, now: Duration) -> Option<Duration> {
        let pause = self.spread().saturating_sub(now.saturating_sub(self.asked));
        if pause.is_zero() {
            return None;
        }
        self.due = Some(now.saturating_add(pause));
        Some(pause)
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

    /// No longer than about a second: something moved, of which nothing is told here.
    pub(super) fn ease(&mut self) {
        self.looks = self.looks.min(EASY);
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
