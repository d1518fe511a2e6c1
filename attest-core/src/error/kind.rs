//! The one table of error kinds. Bindings map from it; none of them matches on the enumeration.

/// What kind of error it is. Stable: a code, once given, keeps its meaning.
///
/// ```
/// use attest_core::error::ErrorKind;
///
/// assert_eq!(ErrorKind::of_status(404), ErrorKind::ResourceNotFound);
/// let of_code = |code| ErrorKind::ALL.into_iter().find(|kind| kind.code() == code);
/// assert_eq!(of_code("wait_timeout"), Some(ErrorKind::WaitTimeout));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// 401: no credential, or a bad one.
    AuthenticationFailed,
    /// 403: the credential lacks a scope.
    AuthorizationFailed,
    /// 400 or 422: the request itself is wrong.
    ValidationError,
    /// 404: there is no such thing.
    ResourceNotFound,
    /// 409: it contradicts the present state.
    Conflict,
    /// 429: too many requests.
    RateLimitExceeded,
    /// 500 and above: the server failed.
    InternalError,
    /// Any other status.
    ApiError,
    /// The server could not be reached, or the connection broke.
    Connection,
    /// No answer within the time for one attempt.
    Timeout,
    /// The caller's time for a wait is over; the execution goes on.
    WaitTimeout,
    /// The caller cancelled.
    Cancelled,
    /// An answer that is not what the contract says.
    Decode,
    /// An option that is missing or out of range.
    Config,
    /// A webhook's signature does not verify.
    WebhookSignature,
    /// A receipt that cannot be read.
    ReceiptFormat,
    /// A key that cannot be read.
    KeyFormat,
    /// The file system failed.
    Io,
    /// The client was closed.
    Closed,
    /// A fault of this library.
    Internal,
}

/// Kind, stable code, code in C.
const TABLE: [(ErrorKind, &str, i32); 20] = [
    (ErrorKind::AuthenticationFailed, "authentication_failed", 1),
    (ErrorKind::AuthorizationFailed, "authorization_failed", 2),
    (ErrorKind::ValidationError, "validation_error", 3),
    (ErrorKind::ResourceNotFound, "resource_not_found", 4),
    (ErrorKind::Conflict, "conflict", 5),
    (ErrorKind::RateLimitExceeded, "rate_limit_exceeded", 6),
    (ErrorKind::InternalError, "internal_error", 7),
    (ErrorKind::ApiError, "api_error", 8),
    (ErrorKind::Connection, "connection", 9),
    (ErrorKind::Timeout, "timeout", 10),
    (ErrorKind::WaitTimeout, "wait_timeout", 11),
    (ErrorKind::Cancelled, "cancelled", 12),
    (ErrorKind::Decode, "decode", 13),
    (ErrorKind::Config, "config", 14),
    (ErrorKind::WebhookSignature, "webhook_signature", 15),
    (ErrorKind::ReceiptFormat, "receipt_format", 16),
    (ErrorKind::KeyFormat, "key_format", 17),
    (ErrorKind::Io, "io", 18),
    (ErrorKind::Closed, "closed", 19),
    (ErrorKind::Internal, "internal", 20),
];

impl ErrorKind {
    /// Every kind, in the order of the C codes.
    #[allow(
        clippy::indexing_slicing,
        reason = "evaluated while compiling, within the table's own length"
    )]
    pub const ALL: [Self; TABLE.len()] = {
        let mut all = [Self::Internal; TABLE.len()];
        let mut at = 0;
        while at < TABLE.len() {
            all[at] = TABLE[at].0;
            at += 1;
        }
        all
    };

    /// The stable code, in lower case.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().map_or("internal", |row| row.1)
    }

    /// The code in C: positive, never reused. 0 is success.
    #[must_use]
    pub fn c_code(self) -> i32 {
        self.row().map_or(20, |row| row.2)
    }

    /// The kind of an HTTP status of 300 and above.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        match status {
            400 | 422 => Self::ValidationError,
            401 => Self::AuthenticationFailed,
            403 => Self::AuthorizationFailed,
            404 => Self::ResourceNotFound,
            409 => Self::Conflict,
            429 => Self::RateLimitExceeded,
            500.. => Self::InternalError,
            _ => Self::ApiError,
        }
    }

    fn row(self) -> Option<&'static (Self, &'static str, i32)> {
        TABLE.iter().find(|row| row.0 == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_code_and_its_own_number() {
        let mut codes: Vec<_> = ErrorKind::ALL.iter().map(|kind| kind.code()).collect();
        let mut numbers: Vec<_> = ErrorKind::ALL.iter().map(|kind| kind.c_code()).collect();
        assert!(codes.contains(&"wait_timeout") && numbers.iter().all(|number| *number > 0));
        codes.sort_unstable();
        codes.dedup();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(
            (codes.len(), numbers.len()),
            (ErrorKind::ALL.len(), ErrorKind::ALL.len())
        );
    }

    #[test]
    fn the_status_decides_the_kind() {
        let table = [
            (400, "validation_error"),
            (422, "validation_error"),
            (401, "authentication_failed"),
            (403, "authorization_failed"),
            (404, "resource_not_found"),
            (409, "conflict"),
            (418, "api_error"),
            (429, "rate_limit_exceeded"),
            (500, "internal_error"),
            (503, "internal_error"),
            (302, "api_error"),
        ];
        for (status, code) in table {
            assert_eq!(ErrorKind::of_status(status).code(), code, "{status}");
        }
    }
}
