//! An error as the other languages see it, and the table of the kinds.

use attest_sdk::{Error, ErrorKind, v1};
use serde::Serialize;
use serde_json::{Map, Value};

/// Every member is always there; what is unknown is null.
#[derive(Serialize)]
struct Failure<'a> {
    kind: &'static str,
    code: &'a str,
    /// What was wrong and what to do next.
    message: &'a str,
    /// The same with status and request id, for people.
    text: String,
    status: Option<u16>,
    details: Option<&'a Map<String, Value>>,
    request_id: Option<&'a str>,
    attempts: u32,
    retryable: bool,
    /// Seconds.
    retry_after: Option<f64>,
    /// Of `rate_limit_exceeded`: when to call again, in unix seconds of this machine's clock.
    reset_at: Option<i64>,
    /// Of `wait_timeout`: the execution as it was last seen.
    last_seen: Option<&'a v1::Execution>,
}

fn of(error: &Error) -> Failure<'_> {
    Failure {
        kind: error.kind().code(),
        code: error.code(),
        message: error.message(),
        text: error.to_string(),
        status: error.status(),
        details: error.details(),
        request_id: error.request_id(),
        attempts: error.attempts(),
        retryable: error.is_retryable(),
        retry_after: error.retry_after().map(|after| after.as_secs_f64()),
        reset_at: error.rate_limit().map(|limit| limit.reset_at),
        last_seen: error.last_seen(),
    }
}

/// The error as a JSON object.
#[must_use]
pub fn json(error: &Error) -> String {
    // The one fallback is a constant: an error about an error helps nobody.
    serde_json::to_string(&of(error)).unwrap_or_else(|_| r#"{"kind":"internal"}"#.to_owned())
}

/// The error as a JSON value, to stand in an answer.
#[must_use]
pub fn value(error: &Error) -> Value {
    serde_json::to_value(of(error)).unwrap_or_default()
}

/// Every kind by its stable code, with its number in C.
pub fn kinds() -> impl Iterator<Item = (&'static str, i32)> {
    ErrorKind::ALL
        .iter()
        .map(|kind| (kind.code(), kind.c_code()))
}
