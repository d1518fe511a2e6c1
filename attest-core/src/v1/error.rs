//! The error envelope: what every answer of status 400 and above holds.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The body of an error response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorEnvelope {
    /// What went wrong.
    pub error: ErrorBody,
}

/// What went wrong.
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
