//! From an HTTP answer to an error: the envelope where there is one, a short excerpt of the body where there is none.

use super::{Error, ErrorKind};
use crate::client::{RateLimit, Response, retry_after};
use crate::v1::{ErrorBody, ErrorEnvelope};

/// How much of a body that is no envelope is quoted, in characters.
const EXCERPT: usize = 200;

impl Error {
    /// The error of an answer that is no success.
    #[must_use]
    pub fn from_response(response: &Response) -> Self {
        let mut error = match serde_json::from_slice::<ErrorEnvelope>(&response.body) {
            Ok(ErrorEnvelope { error: body }) => Self::of_body(response.status, body),
            Err(_) => Self::new(ErrorKind::of_status(response.status), no_envelope(response)),
        };
        error.0.status = Some(response.status);
        error.0.retry_after = retry_after(response);
        if error.kind() == ErrorKind::RateLimitExceeded {
            error.0.rate_limit = RateLimit::of(response);
        }
        if error.0.request_id.is_none() {
            error.0.request_id = response.header("x-request-id").map(str::to_owned);
        }
        error
    }

    /// The error of one part of an answer that has a status of its own.
    pub(crate) fn of_part(status: u16, body: ErrorBody, whole: &Response) -> Self {
        let mut error = Self::of_body(status, body);
        if error.0.request_id.is_none() {
            error.0.request_id = whole.header("x-request-id").map(str::to_owned);
        }
        error
    }

    fn of_body(status: u16, body: ErrorBody) -> Self {
        let message = if body.message.is_empty() {
            body.code.clone()
        } else {
            body.message
        };
        let mut error = Self::new(ErrorKind::of_status(status), message);
        error.0.status = Some(status);
        error.0.code = Some(body.code);
        error.0.details = body.details;
        error.0.request_id = body.request_id;
        error
    }
}

fn no_envelope(response: &Response) -> String {
    let excerpt = excerpt(&response.body);
    if excerpt.is_empty() {
        format!(
            "the server answered with status {} and no explanation",
            response.status
        )
    } else {
        format!(
            "the answer with status {} is not of this API, is something between here and the server? It begins: {excerpt}",
            response.status
        )
    }
}

/// The beginning of a body on one line, without control characters.
pub(crate) fn excerpt(body: &[u8]) -> String {
    let head = body.get(..EXCERPT * 8).unwrap_or(body);
    let text = String::from_utf8_lossy(head);
    let mut excerpt = String::new();
    for word in text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
    {
        if !excerpt.is_empty() {
            excerpt.push(' ');
        }
        excerpt.push_str(word);
    }
    if excerpt.chars().count() > EXCERPT || head.len() < body.len() {
        excerpt = excerpt.chars().take(EXCERPT).chain(['…']).collect();
    }
    excerpt
}
