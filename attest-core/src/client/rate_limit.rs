//! What an answer says about how often the server may be asked, and when to ask it again, told in this machine's time.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Response, http_date};

/// A hint beyond this is no hint: a header that was misread, or nanoseconds taken for something longer.
const FURTHEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// From here on a number in `X-RateLimit-Reset` is a moment in milliseconds since 1970, ...
const EPOCH_MILLIS: f64 = 1e12;
/// ... from here on one in seconds, and below it a number of seconds from now.
const EPOCH_SECONDS: f64 = 1e9;

/// How often a server may be asked, as its last answer said.
///
/// ```
/// use attest_core::client::{RateLimit, Response};
///
/// let headers = [("x-ratelimit-limit", "100"), ("x-ratelimit-remaining", "3"), ("x-ratelimit-reset", "20")];
/// let response = Response {
///     status: 200,
///     headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
///     body: Vec::new(),
///     received_at: "2026-01-31T12:00:00Z".parse()?,
/// };
/// let limit = RateLimit::of(&response).ok_or("it says nothing of it")?;
/// assert_eq!((limit.limit, limit.remaining), (Some(100), Some(3)));
/// assert_eq!(limit.reset_at - response.received_at.timestamp(), 20);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RateLimit {
    /// Requests that fit into one period, where the server says it.
    pub limit: Option<u64>,
    /// How many of them are left, where the server says it.
    pub remaining: Option<u64>,
    /// Unix seconds by the clock of this machine, whatever the server's shows: when the period is over, or when a refused
    /// call may be repeated. Rounded up, and at least one second after the answer came.
    pub reset_at: i64,
}

impl RateLimit {
    /// Of any answer that says when the period is over; of status 429 always, the next second where it says nothing.
    #[must_use]
    pub fn of(response: &Response) -> Option<Self> {
        let wait = if response.status == 429 {
            Some(retry_after(response).unwrap_or_default())
        } else {
            reset(response)
        };
        let count = |name| response.header(name)?.trim().parse().ok();
        Some(Self {
            limit: count("x-ratelimit-limit"),
            remaining: count("x-ratelimit-remaining"),
            reset_at: second_after(response.received_at, wait?),
        })
    }
}

/// How long the server asks to wait: `Retry-After`, as seconds or as a date, else on 429 `X-RateLimit-Reset`. What cannot
/// be read, or lies more than a year ahead, is passed over; what lies in the past is zero.
pub(crate) fn retry_after(response: &Response) -> Option<Duration> {
    let asked = response.header("retry-after").and_then(|text| {
        let seconds = decimal(text).and_then(seconds);
        seconds.or_else(|| Some(until(response, millis(http_date::parse(text)?))))
    });
    asked.filter(|wait| *wait <= FURTHEST).or_else(|| {
        if response.status == 429 {
            reset(response)
        } else {
            None
        }
    })
}

fn reset(response: &Response) -> Option<Duration> {
    let value = decimal(response.header("x-ratelimit-reset")?)?;
    let wait = if value < EPOCH_SECONDS {
        seconds(value)?
    } else {
        let epoch = if value < EPOCH_MILLIS {
            value
        } else {
            value / 1000.0
        };
        until(response, i64::try_from(seconds(epoch)?.as_millis()).ok()?)
    };
    Some(wait).filter(|wait| *wait <= FURTHEST)
}

/// How far that moment of the server's lies ahead: of its own clock, where the answer shows it.
fn until(response: &Response, moment: i64) -> Duration {
    let server = response.header("date").and_then(http_date::parse);
    let now = millis(server.unwrap_or(response.received_at));
    Duration::from_millis(u64::try_from(moment.saturating_sub(now)).unwrap_or_default())
}

fn millis(moment: DateTime<Utc>) -> i64 {
    moment.timestamp_millis()
}

/// A number without sign and exponent, `120` or `1638360000.5`.
fn decimal(text: &str) -> Option<f64> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if digits(whole) && digits(fraction) {
        text.parse().ok()
    } else {
        None
    }
}

/// `None` for more seconds than a duration holds.
fn seconds(value: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(value).ok()
}

/// Rounded up to a whole second, so that nobody comes back too early.
fn second_after(received: DateTime<Utc>, wait: Duration) -> i64 {
    let wait = i64::try_from(wait.as_millis())
        .unwrap_or(i64::MAX)
        .max(1000);
    let moment = millis(received).saturating_add(wait);
    moment.saturating_add(999).div_euclid(1000)
}
