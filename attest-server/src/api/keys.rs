//! `/v1/keys`: the public halves of the keys that sign receipts. For everybody, without a credential.

use std::sync::Arc;

use attest_core::v1;
use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};

use super::App;
use super::error::ApiError;
use crate::store::signing_keys;

pub(super) async fn list(State(app): State<Arc<App>>) -> Result<Response, ApiError> {
    let keys: Result<_, ApiError> = app
        .store
        .read(|connection| Ok(signing_keys::list(connection)?))
        .await;
    Ok((
        [(CACHE_CONTROL, "public, max-age=300")],
        Json(v1::KeyList { keys: keys? }),
    )
        .into_response())
}
