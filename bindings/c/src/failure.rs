//! What went wrong.

use attest_bindings_support::{Error, failure};

use crate::handle::release;
use crate::slice::Slice;
use crate::status::Status;

/// An error: what went wrong, and what to do. It never changes, so any number of threads may read it.
///
///     if (attest_execution_get(client, id, NULL, &out, &error) != ATTEST_STATUS_OK) {
///         fprintf(stderr, "%s\n", (const char *)attest_error_message(error).data);
///         attest_error_free(error);
///     }
#[derive(Debug)]
pub struct Failure {
    status: Status,
    kind: Text,
    message: Text,
    json: Text,
}

/// Bytes with a NUL after them.
#[derive(Debug)]
struct Text(Vec<u8>);

impl Text {
    fn of(text: &str) -> Self {
        let mut bytes = Vec::with_capacity(text.len().saturating_add(1));
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
        Self(bytes)
    }

    fn lend(&self) -> Slice {
        self.0
            .split_last()
            .map_or_else(Slice::empty, |(_, text)| Slice::of(text))
    }
}

impl Failure {
    pub(crate) fn of(error: Error) -> Self {
        Self {
            status: Status::of(error.kind()),
            kind: Text::of(error.kind().code()),
            // An inner NUL would end it early for a caller who prints it.
            message: Text::of(&error.message().replace('\0', "\u{fffd}")),
            json: Text::of(&failure::json(&error)),
        }
    }

    pub(crate) fn status(&self) -> Status {
        self.status
    }
}

/// What the function that made the error returned; `ATTEST_STATUS_OK` for NULL. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_error_status(error: Option<&Failure>) -> Status {
    error.map_or(Status::Ok, Failure::status)
}

/// The kind's name, such as `rate_limit_exceeded`; empty for NULL. It lives as long as `error`, and a NUL follows it. Any
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_error_kind(error: Option<&Failure>) -> Slice {
    error.map_or_else(Slice::empty, |error| error.kind.lend())
}

/// What was wrong and what to do next, for people; empty for NULL. It lives as long as `error`, and a NUL follows it. Any
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_error_message(error: Option<&Failure>) -> Slice {
    error.map_or_else(Slice::empty, |error| error.message.lend())
}

/// Everything that is known, as a JSON object: `kind`, `code`, `message`, `text`, `status` (HTTP), `details`,
/// `request_id`, `attempts`, `retryable`, `retry_after` (seconds), `last_seen` (the execution, of a wait that was too
/// short) and more; what is unknown is null. Empty for NULL. It lives as long as `error`, and a NUL follows it. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_error_json(error: Option<&Failure>) -> Slice {
    error.map_or_else(Slice::empty, |error| error.json.lend())
}

/// Releases an error. NULL is legal.
#[unsafe(no_mangle)]
pub extern "C" fn attest_error_free(error: Option<Box<Failure>>) {
    release(error);
}
