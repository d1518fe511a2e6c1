//! JSON bodies, read strictly: a field that no one reads is a misspelt one, and is refused by name.

use std::sync::Arc;
use std::time::Duration;

use attest_core::v1;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use futures::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_ignored::Path;

use super::App;
use super::error::{ApiError, Problem};
use super::idempotent;
use crate::auth::Principal;
use crate::store::idempotency::Call;

/// A body that endpoints read.
pub(super) trait RequestBody: DeserializeOwned {
    /// Bytes at most.
    const LIMIT: usize = 8 << 20;
    /// Whether nothing at all is read as `{}`.
    const MAY_BE_EMPTY: bool = false;
    /// Problems below this field are told relative to it.
    const ROOT: &'static str = "";
}

impl RequestBody for v1::CreatePipeline {
    const ROOT: &'static str = "config";
}
impl RequestBody for v1::UpdatePipeline {
    const ROOT: &'static str = "config";
}
impl RequestBody for v1::ExecuteRequest {
    const MAY_BE_EMPTY: bool = true;
}
impl RequestBody for v1::BulkRequest {}
impl RequestBody for v1::VerifyRequest {
    const LIMIT: usize = 16 << 20;
}
impl RequestBody for v1::GcRequest {
    const MAY_BE_EMPTY: bool = true;
}
impl RequestBody for v1::MissingRequest {}
impl RequestBody for v1::CreateSource {
    const LIMIT: usize = 64 << 20;
}

/// A request's body, and which call it is if it carried an `Idempotency-Key`.
pub(super) struct Input<T> {
    pub(super) value: T,
    pub(super) call: Option<Call>,
}

impl<T: RequestBody> FromRequest<Arc<App>> for Input<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let bytes = collect(body, T::LIMIT, IDLE).await?;
        let empty = T::MAY_BE_EMPTY && bytes.is_empty();
        if !empty {
            check_media_type(&parts.headers)?;
        }
        let value = parse::<T>(if empty { b"{}" } else { &bytes })?;
        let call = match parts.extensions.get::<Principal>() {
            Some(principal) => {
                idempotent::call(&parts.headers, principal, &parts.method, &parts.uri, &bytes)?
            }
            None => None,
        };
        Ok(Self { value, call })
    }
}

/// Longest pause within a body: whoever sends no more must not hold what came so far.
pub(super) const IDLE: Duration = Duration::from_secs(30);

/// The whole body; stops reading where it is over `limit` bytes or nothing comes for `idle`.
async fn collect(body: Body, limit: usize, idle: Duration) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    let mut chunks = body.into_data_stream();
    let next = async |chunks: &mut axum::body::BodyDataStream| {
        let chunk = tokio::time::timeout(idle, chunks.next()).await;
        chunk.map_err(|_| ApiError::of_status(StatusCode::REQUEST_TIMEOUT))
    };
    while let Some(chunk) = next(&mut chunks).await? {
        let chunk = chunk.map_err(|_| ApiError::invalid("", "the body ended early"))?;
        if bytes.len() + chunk.len() > limit {
            return Err(ApiError::too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Absent is taken for JSON: nothing else is understood here.
fn check_media_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let text = value.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(ApiError::media_type(text, "application/json"))
    }
}

fn parse<T: RequestBody>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut unknown = Vec::new();
    let mut track = serde_path_to_error::Track::new();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let value =
        serde_ignored::deserialize(tracked, |path| unknown.push(unknown_field(&path, T::ROOT)))
            .and_then(|value| json.end().map(|()| value));
    let value = value.map_err(|error| {
        let path = track.path().to_string();
        let field = if path == "." {
            ""
        } else {
            relative(&path, T::ROOT)
        };
        ApiError::validation(
            "Invalid request body",
            &[Problem::new(field, error.to_string())],
        )
    })?;
    if unknown.is_empty() {
        Ok(value)
    } else {
        Err(ApiError::validation("Unknown field", &unknown))
    }
}

fn unknown_field(path: &Path<'_>, root: &str) -> Problem {
    let written = written(path);
    Problem::new(
        relative(&written, root),
        "unknown field: check its spelling",
    )
}

fn relative<'a>(path: &'a str, root: &str) -> &'a str {
    path.strip_prefix(root)
        .and_then(|rest| rest.strip_prefix('.'))
        .filter(|_| !root.is_empty())
        .unwrap_or(path)
}

/// `steps[0].run`.
fn written(path: &Path<'_>) -> String {
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}[{index}]", written(parent)),
        Path::Map { parent, key } => match written(parent) {
            parent if parent.is_empty() => key.clone(),
            parent => format!("{parent}.{key}"),
        },
        Path::Some { parent }
        | Path::NewtypeStruct { parent }
        | Path::NewtypeVariant { parent } => written(parent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(body: &str) -> serde_json::Value {
        let error = parse::<v1::CreatePipeline>(body.as_bytes()).unwrap_err();
        serde_json::Value::Object(*error.details.unwrap())
    }

    #[test]
    fn a_misspelt_field_is_named_relative_to_the_config() {
        let details = details(
            r#"{"name":"p","config":{"version":"1","steps":[{"name":"a","run":"b","ouputs":[]}]}}"#,
        );
        assert_eq!(details["field"], "steps[0].ouputs");
    }

    #[test]
    fn every_unknown_field_is_listed() {
        let details = details(r#"{"nam":"p","config":{"version":"1","stps":[]}}"#);
        assert_eq!(details["errors"].as_array().unwrap().len(), 2);
        assert_eq!(details["field"], "nam");
    }

    #[test]
    fn a_value_of_the_wrong_type_is_named() {
        let details =
            details(r#"{"name":"p","config":{"version":"1","steps":[{"name":"a","run":7}]}}"#);
        assert_eq!(details["field"], "steps[0].run");
    }

    #[test]
    fn text_after_the_body_is_refused() {
        assert!(parse::<v1::ExecuteRequest>(b"{} {}").is_err());
    }

    #[test]
    fn nesting_without_end_is_an_error_not_a_crash() {
        let deep = "[".repeat(1_000_000);
        assert!(parse::<v1::ExecuteRequest>(deep.as_bytes()).is_err());
    }

    #[test]
    fn a_receipt_reaches_the_verifier_with_its_own_bytes() {
        let request = parse::<v1::VerifyRequest>(br#"{"receipt": {"b":1, "a": 1.0}}"#).unwrap();
        assert_eq!(request.receipt.get(), r#"{"b":1, "a": 1.0}"#);
    }

    #[tokio::test]
    async fn a_body_that_stops_coming_is_given_up() {
        let silent =
            Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        let error = collect(silent, 8, Duration::from_millis(1))
            .await
            .unwrap_err();
        assert_eq!(error.status, StatusCode::REQUEST_TIMEOUT);
    }
}
