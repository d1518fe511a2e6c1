//! The error envelope: what every answer of status 400 and above holds.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The body of an error response.
///
/// ```
/// # use attest_core::v1::ErrorEnvelope;
/// let body = r#"{"error": {"code": "VALIDATION_ERROR", "message": "a name is needed", "request_id": "req_7"}}"#;
/// let envelope: ErrorEnvelope = serde_json::from_str(body)?;
/// assert_eq!(envelope.error.request_id.as_deref(), Some("req_7"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorEnvelope {
    /// What went wrong.
    pub error: ErrorBody,
}

/// What went wrong.
///
/// ```
/// # use attest_core::v1::ErrorBody;
/// let text = r#"{"code": "VALIDATION_ERROR", "details": {"field": "config.version", "issue": "is blank"}}"#;
/// let error: ErrorBody = serde_json::from_str(text)?;
/// let field = error.details.as_ref().and_then(|details| details.get("field"));
/// assert_eq!(field.and_then(|field| field.as_str()), Some("config.version"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// An open word, such as `VALIDATION_ERROR`.
    pub code: String,
    /// For people: what was wrong, and what to do next.
    #[serde(default)]
    pub message: String,
    /// For programs: `field` and `issue` of a validation error, `errors[]` where there are several, `reason` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Map<String, Value>>,
    /// `req_…`: what to name when asking about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}
