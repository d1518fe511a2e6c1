//! Errors as clients see them. The body is written at the rim (`envelope`), where the request's id is known.

use attest_core::{pipeline, v1};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::auth::{Denied, Scope};
use crate::blob::BlobError;
use crate::execution::PlanError;
use crate::gc::GcError;
use crate::host::EntropyError;
use crate::source::SourceError;
use crate::store::StoreError;
use crate::upload::{Fault, UploadError};

/// An error answer: status, code, message, details.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    /// Boxed: errors travel by value through every handler.
    pub(super) details: Option<Box<Map<String, Value>>>,
    /// Seconds after which a repeat may fare better.
    pub(super) retry_after: Option<u32>,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Where: `steps[0].run`, `limit`.
    pub(crate) field: String,
    /// What is wrong and what to do.
    pub(crate) issue: String,
}

impl Problem {
    pub(crate) fn new(field: impl Into<String>, issue: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            issue: issue.into(),
        }
    }
}

impl From<&pipeline::Problem> for Problem {
    fn from(problem: &pipeline::Problem) -> Self {
        Self::new(&problem.field, &problem.issue)
    }
}

impl ApiError {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            details: None,
            retry_after: None,
        }
    }

    pub(super) fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details
            .get_or_insert_default()
            .insert(name.to_owned(), value.into());
        self
    }

    fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Status 400: `message` says what kind of thing is invalid.
    pub(crate) fn validation(message: &str, problems: &[Problem]) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", message).problems(problems)
    }

    /// Says which fields are at fault: `field` and `issue` are the first, `errors` all where there are several.
    pub(super) fn problems(mut self, problems: &[Problem]) -> Self {
        if let Some(first) = problems.first() {
            self = self
                .detail("field", first.field.as_str())
                .detail("issue", first.issue.as_str());
        }
        if problems.len() > 1 {
            let all = problems
                .iter()
                .map(|p| json!({"field": p.field, "issue": p.issue}))
                .collect::<Vec<_>>();
            self = self.detail("errors", all);
        }
        self
    }

    pub(crate) fn invalid(field: &str, issue: impl Into<String>) -> Self {
        Self::validation("Invalid request", &[Problem::new(field, issue)])
    }

    pub(crate) fn not_found(what: &str, id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "RESOURCE_NOT_FOUND",
            format!("There is no {what} {id}"),
        )
    }

    /// 404 where the resource could exist but does not, for a reason programs can tell.
    pub(crate) fn absent(message: impl Into<String>, reason: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND", message).detail("reason", reason)
    }

    pub(super) fn no_such_endpoint(path: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "RESOURCE_NOT_FOUND",
            format!("There is no endpoint {path}"),
        )
    }

    pub(crate) fn forbidden(scope: Scope) -> Self {
        let scope = scope.as_str();
        Self::new(
            StatusCode::FORBIDDEN,
            "AUTHORIZATION_FAILED",
            format!("This credential lacks the scope {scope}"),
        )
        .detail("scope", scope)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "CONFLICT", message)
    }

    pub(crate) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "UNPROCESSABLE", message)
    }

    pub(super) fn too_large(limit: usize) -> Self {
        let message = format!("The body is over {limit} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message)
            .detail("limit_bytes", limit)
    }

    pub(super) fn media_type(found: &str, wanted: &str) -> Self {
        let message = format!("The body is {found:?}: send {wanted}");
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            message,
        )
    }

    pub(super) fn too_many_failures(seconds: u32) -> Self {
        let message =
            "Too many failed authentications from this address: wait, then check the credential";
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "RATE_LIMIT_EXCEEDED",
            message,
        )
        .retry_after(seconds)
    }

    /// 500. `cause` goes to the log, never to the client: it may name paths.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "internal error");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL_ERROR",
            "The server failed; its log says why",
        )
    }

    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "SERVICE_UNAVAILABLE",
            message,
        )
        .retry_after(5)
    }

    pub(crate) fn storage_full() -> Self {
        let message = "The server's disk is full";
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "INSUFFICIENT_STORAGE",
            message,
        )
    }

    /// For an answer that did not come from this API's own code (axum's, say): the envelope by status alone.
    pub(super) fn of_status(status: StatusCode) -> Self {
        let code = match status {
            StatusCode::NOT_FOUND => "RESOURCE_NOT_FOUND",
            StatusCode::METHOD_NOT_ALLOWED => "METHOD_NOT_ALLOWED",
            StatusCode::PAYLOAD_TOO_LARGE => "PAYLOAD_TOO_LARGE",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "UNSUPPORTED_MEDIA_TYPE",
            StatusCode::UNPROCESSABLE_ENTITY => "UNPROCESSABLE",
            status if status.is_client_error() => "VALIDATION_ERROR",
            _ => "INTERNAL_ERROR",
        };
        let message = match status {
            StatusCode::METHOD_NOT_ALLOWED => {
                "This endpoint does not answer this method; `Allow` lists those it does"
            }
            status => status.canonical_reason().unwrap_or("The request failed"),
        };
        Self::new(status, code, message)
    }

    pub(super) fn body(&self, request_id: &str) -> v1::ErrorEnvelope {
        v1::ErrorEnvelope {
            error: v1::ErrorBody {
                request_id: Some(request_id.to_owned()),
                ..self.part()
            },
        }
    }

    /// As a part of an answer, whose own id is that of the request.
    pub(super) fn part(&self) -> v1::ErrorBody {
        v1::ErrorBody {
            code: self.code.to_owned(),
            message: self.message.clone(),
            details: self.details.as_deref().cloned(),
            request_id: None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::storage_full(),
            StoreError::Unavailable(cause) => {
                tracing::error!(%cause, "the database cannot be used");
                Self::unavailable("The server's database cannot be used at the moment")
            }
            StoreError::Closed => Self::unavailable("The server is shutting down"),
            other => Self::internal(other),
        }
    }
}

impl From<EntropyError> for ApiError {
    fn from(error: EntropyError) -> Self {
        Self::internal(error)
    }
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Store(error) => error.into(),
            denied => {
                let text = denied.to_string();
                let mut letters = text.chars();
                let message = letters
                    .next()
                    .map(|c| c.to_uppercase().chain(letters).collect::<String>());
                Self::new(
                    StatusCode::UNAUTHORIZED,
                    "AUTHENTICATION_FAILED",
                    message.unwrap_or_default(),
                )
            }
        }
    }
}

impl From<BlobError> for ApiError {
    fn from(error: BlobError) -> Self {
        if error.is_storage_full() {
            Self::storage_full()
        } else {
            Self::internal(error)
        }
    }
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Member {
                name,
                issue,
                actual,
            } => {
                let problem = Problem::new(name, issue);
                let refused = Self::validation("This object is not taken", &[problem]);
                match actual {
                    Some(actual) => refused.detail("actual", actual.to_string()),
                    None => refused,
                }
            }
            UploadError::Archive(issue) => Self::invalid("", issue),
            UploadError::Body(fault @ Fault::EndedEarly) => Self::invalid("", fault.to_string()),
            UploadError::Body(Fault::Idle) => Self::of_status(StatusCode::REQUEST_TIMEOUT),
            UploadError::Body(fault @ Fault::Expands(limit)) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "PAYLOAD_TOO_LARGE",
                format!("In this request {fault}"),
            )
            .detail("limit_bytes", limit),
            UploadError::Blob(error) => error.into(),
        }
    }
}

impl From<GcError> for ApiError {
    fn from(error: GcError) -> Self {
        match error {
            GcError::Busy => Self::conflict("A collection is under way: wait until it has ended")
                .detail("reason", "busy")
                .retry_after(5),
            GcError::Store(error) => error.into(),
            GcError::Blob(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

impl From<PlanError> for ApiError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Invalid(problems) => {
                let problems: Vec<Problem> = problems.iter().map(Problem::from).collect();
                Self::validation("This pipeline cannot be executed", &problems)
            }
            PlanError::Blob(error) | PlanError::Source(SourceError::Blob(error)) => error.into(),
            // The operator's directory, which is not the caller's to put right, but theirs to know of.
            PlanError::Source(error) => {
                Self::unprocessable(format!("The source cannot be used: {error}"))
            }
            PlanError::Store(error) => error.into(),
            PlanError::Internal(cause) => Self::internal(cause),
        }
    }
}
