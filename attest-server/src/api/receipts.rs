//! `/v1/executions/{id}/receipt`.

use std::sync::Arc;

use attest_core::receipt::Receipt;
use attest_core::v1::{self, ChainOfTrust, KeyStatus};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::value::RawValue;

use super::App;
use super::error::ApiError;
use super::query::Parameters;
use crate::auth::{Principal, Scope};
use crate::execution::check_signature;
use crate::store::receipts::{self, Lookup};
use crate::store::signing_keys;

/// How far clocks may differ.
const LEEWAY: TimeDelta = TimeDelta::minutes(5);

#[derive(Clone, Copy)]
enum Format {
    Json,
    Yaml,
}

pub(super) async fn of_execution(
    State(app): State<Arc<App>>,
    caller: Principal,
    Path(id): Path<String>,
    mut query: Parameters,
) -> Result<Response, ApiError> {
    caller.require(Scope::ReceiptsRead)?;
    let format = query
        .word("format", &[("json", Format::Json), ("yaml", Format::Yaml)])
        .unwrap_or(Format::Json);
    query.finish()?;
    let now = app.host.now();
    let found = app
        .store
        .read(
            move |connection| match receipts::of_execution(connection, &id)? {
                Lookup::NoExecution => Err(ApiError::not_found("execution", &id)),
                Lookup::Absent(reason) => Err(absent(&id, &reason)),
                Lookup::Found { json, hash, key_id } => {
                    let status = match key_id {
                        Some(key) => signing_keys::status(connection, &key)?,
                        None => None,
                    };
                    Ok((json, hash, status))
                }
            },
        )
        .await;
    let (json, hash, status) = found?;
    let receipt = Receipt::parse(json.as_bytes()).map_err(ApiError::internal)?;
    let body = match format {
        Format::Yaml => ([(CONTENT_TYPE, "application/yaml")], receipt.to_yaml()).into_response(),
        Format::Json => Json(v1::ReceiptResponse {
            receipt: RawValue::from_string(json).map_err(ApiError::internal)?,
            verification: opinion(&receipt, status, now),
        })
        .into_response(),
    };
    let mut response = body;
    // The verification beside the receipt may change with its key: that answer is not to be kept.
    if matches!(format, Format::Yaml) {
        let value = axum::http::HeaderValue::from_static("private, max-age=31536000, immutable");
        response.headers_mut().insert(CACHE_CONTROL, value);
    }
    if let Ok(tag) = axum::http::HeaderValue::from_str(&format!("\"{hash}\"")) {
        response.headers_mut().insert(ETAG, tag);
    }
    Ok(response)
}

fn absent(id: &str, reason: &str) -> ApiError {
    let message = match reason {
        "pending" => format!("Execution {id} has no receipt yet: it has not ended"),
        "no_step_ran" => format!("Execution {id} has no receipt: no step of it ran"),
        reason => format!("Execution {id} has no receipt: {reason}"),
    };
    ApiError::absent(message, reason)
}

/// The server's own opinion; clients verify for themselves.
fn opinion(
    receipt: &Receipt,
    key: Option<KeyStatus>,
    now: DateTime<Utc>,
) -> v1::ServerVerification {
    v1::ServerVerification {
        signature_valid: receipt.signature().is_some() && check_signature(receipt).is_ok(),
        timestamp_valid: receipt.body().timestamp <= now + LEEWAY,
        chain_of_trust: match (receipt.signature(), key) {
            (None, _) => ChainOfTrust::Unsigned,
            (Some(_), Some(KeyStatus::Active | KeyStatus::Retired)) => ChainOfTrust::Verified,
            (Some(_), Some(KeyStatus::Revoked)) => ChainOfTrust::Revoked,
            (Some(_), _) => ChainOfTrust::Untrusted,
        },
    }
}
