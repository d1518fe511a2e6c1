//! What a function returns.

use attest_bindings_support::ErrorKind;

/// What a function returns: 0, or what kind of error it was. A number keeps its meaning for ever; a later version may
/// return one that is not here, and `attest_error_kind` then names it.
///
///     const char *options = "{\"base_url\": \"https://attest.example.com\", \"anonymous\": true}";
///     attest_status status = attest_client_new(attest_text(options), attest_text(NULL), &client, &error);
///     if (status == ATTEST_STATUS_CONFIG)
///         puts((const char *)attest_error_message(error).data);
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// All went well.
    Ok = 0,
    /// 401: no credential, or a bad one.
    AuthenticationFailed = 1,
    /// 403: the credential lacks a scope.
    AuthorizationFailed = 2,
    /// 400 or 422, or an argument that cannot be used: NULL, no UTF-8, JSON of another shape.
    ValidationError = 3,
    /// 404: there is no such thing.
    ResourceNotFound = 4,
    /// 409: it contradicts the present state.
    Conflict = 5,
    /// 429: too many requests.
    RateLimitExceeded = 6,
    /// 500 and above: the server failed.
    InternalError = 7,
    /// Any other HTTP status.
    ApiError = 8,
    /// The server could not be reached, or the connection broke.
    Connection = 9,
    /// No answer within the time for one attempt.
    Timeout = 10,
    /// The caller's time for a wait is over; the execution goes on.
    WaitTimeout = 11,
    /// The caller cancelled.
    Cancelled = 12,
    /// An answer that is not what the contract says.
    Decode = 13,
    /// An option that is missing or out of range.
    Config = 14,
    /// A webhook's signature does not verify.
    WebhookSignature = 15,
    /// A receipt that cannot be read.
    ReceiptFormat = 16,
    /// A key that cannot be read.
    KeyFormat = 17,
    /// The file system failed.
    Io = 18,
    /// The client was closed.
    Closed = 19,
    /// A fault of this library.
    Internal = 20,
}

const ERRORS: [Status; 20] = [
    Status::AuthenticationFailed,
    Status::AuthorizationFailed,
    Status::ValidationError,
    Status::ResourceNotFound,
    Status::Conflict,
    Status::RateLimitExceeded,
    Status::InternalError,
    Status::ApiError,
    Status::Connection,
    Status::Timeout,
    Status::WaitTimeout,
    Status::Cancelled,
    Status::Decode,
    Status::Config,
    Status::WebhookSignature,
    Status::ReceiptFormat,
    Status::KeyFormat,
    Status::Io,
    Status::Closed,
    Status::Internal,
];

impl Status {
    /// The number is the core's; `tests/header.rs` holds the two tables together.
    pub(crate) fn of(kind: ErrorKind) -> Self {
        let code = kind.c_code();
        let same = |status: &Self| *status as i32 == code;
        ERRORS.into_iter().find(same).unwrap_or(Self::Internal)
    }
}
