//! The error of the client's rules: one flat type over one table of kinds.
//!
//! Receipts, keys, manifests and pipelines have errors of their own; they become one of these kinds where they cross the
//! client's surface. The HTTP status decides a kind; the code a server sent stays an open text beside it.

mod kind;
mod response;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

pub use kind::ErrorKind;
pub(crate) use response::excerpt;

use crate::client::RateLimit;
use crate::v1;

/// What went wrong in a call, with what to do about it. A clone is the same error given to somebody else.
///
/// ```
/// use attest_core::error::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::Config, "the base URL is missing: give one");
/// assert_eq!(error.to_string(), "the base URL is missing: give one");
/// assert_eq!((error.code(), error.status(), error.is_retryable()), ("config", None, false));
/// ```
#[derive(Clone, thiserror::Error)]
#[error("{}", .0.describe())]
pub struct Error(Box<Parts>);

#[derive(Clone)]
struct Parts {
    kind: ErrorKind,
    message: String,
    code: Option<String>,
    status: Option<u16>,
    details: Option<Map<String, Value>>,
    request_id: Option<String>,
    attempts: u32,
    retry_after: Option<Duration>,
    rate_limit: Option<RateLimit>,
    last_seen: Option<Box<v1::Execution>>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Parts {
    fn describe(&self) -> String {
        let mut text = self.message.clone();
        match (self.status, &self.request_id) {
            (Some(status), Some(id)) => text.push_str(&format!(" (HTTP {status}, request {id})")),
            (Some(status), None) => text.push_str(&format!(" (HTTP {status})")),
            (None, _) => {}
        }
        text
    }
}

impl Error {
    /// An error of that kind. The message says what was wrong, with which value, and what to do next.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            message: message.into(),
            code: None,
            status: None,
            details: None,
            request_id: None,
            attempts: 0,
            retry_after: None,
            rate_limit: None,
            last_seen: None,
            source: None,
        }))
    }

    /// With the error beneath it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// With the number of times the request was sent.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// With the execution as it was last seen, for a wait that ended too early.
    #[must_use]
    pub fn with_last_seen(mut self, execution: v1::Execution) -> Self {
        self.0.last_seen = Some(Box::new(execution));
        self
    }

    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The code as the server sent it, else the kind's own.
    #[must_use]
    pub fn code(&self) -> &str {
        self.0.code.as_deref().unwrap_or(self.0.kind.code())
    }

    /// What was wrong and what to do next, without status and request id.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The HTTP status, where there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The server's `details` object.
    #[must_use]
    pub fn details(&self) -> Option<&Map<String, Value>> {
        self.0.details.as_ref()
    }

    /// What to name when asking the server's operator about it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How many times the request was sent; 0 where none was.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the server asked to wait, from the moment of its answer: `Retry-After`, else on 429 `X-RateLimit-Reset`.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// For [`ErrorKind::RateLimitExceeded`]: the limit, and when the call may be repeated.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.0.rate_limit
    }

    /// For [`ErrorKind::WaitTimeout`]: the execution as it was last seen. It goes on running.
    #[must_use]
    pub fn last_seen(&self) -> Option<&v1::Execution> {
        self.0.last_seen.as_deref()
    }

    /// Whether the same call may succeed later without any change.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.0.status {
            Some(status) => {
                matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
                    || (status == 409 && self.0.retry_after.is_some())
            }
            None => matches!(self.0.kind, ErrorKind::Connection | ErrorKind::Timeout),
        }
    }

    /// The error beneath it.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.source.as_deref()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("code", &self.code())
            .field("message", &self.0.message)
            .field("status", &self.0.status)
            .field("details", &self.0.details)
            .field("request_id", &self.0.request_id)
            .field("attempts", &self.0.attempts)
            .field("source", &self.0.source)
            .finish()
    }
}
