//! Is the server alive, can it work, and what is it.

use std::sync::Arc;

use attest_core::v1;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::App;
use super::error::ApiError;
use crate::auth::Principal;
use crate::store::api_keys;

/// The process answers.
pub(super) async fn alive() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// The store can be read and written: an empty transaction goes through both.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Value>, ApiError> {
    let read: Result<bool, ApiError> = app
        .store
        .read(|connection| Ok(api_keys::any(connection)?))
        .await;
    read?;
    let write: Result<(), ApiError> = app.store.write(|_| Ok(())).await;
    write?;
    Ok(Json(json!({"status": "ready"})))
}

pub(super) async fn system(State(app): State<Arc<App>>, _: Principal) -> Json<v1::System> {
    Json(app.system.clone())
}
