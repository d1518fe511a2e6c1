//! `/v1/executions`, and executing a pipeline.

use std::sync::Arc;

use attest_core::v1;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::accept::{accept, settle};
use super::body::Input;
use super::error::ApiError;
use super::look::look;
use super::query::Parameters;
use super::{App, idempotent, waiting};
use crate::auth::{Principal, Scope};
use crate::store::executions::{self, Cancel};

const STATUSES: &[(&str, &str)] = &[
    ("queued", "queued"),
    ("running", "running"),
    ("completed", "completed"),
    ("failed", "failed"),
    ("cancelled", "cancelled"),
];

pub(super) async fn execute(
    State(app): State<Arc<App>>,
    caller: Principal,
    Path(id): Path<String>,
    input: Input<v1::ExecuteRequest>,
) -> Result<Response, ApiError> {
    caller.require(Scope::ExecutionsWrite)?;
    if let Some(answer) = idempotent::answered(&app, input.call.as_ref()).await? {
        return Ok(idempotent::respond(answer, true));
    }
    // A client that hangs up must not leave an execution that is accepted and run by nobody.
    let accepted = tokio::spawn(async move {
        let _admitted = app.admission.read().await;
        let settled = settle(&app, id, input.value).await?;
        accept(&app, settled, input.call).await
    });
    let accepted = accepted.await.map_err(ApiError::internal)??;
    Ok(idempotent::respond(accepted.answer, accepted.earlier))
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Principal,
    mut query: Parameters,
) -> Result<Json<v1::ExecutionList>, ApiError> {
    caller.require(Scope::ExecutionsRead)?;
    let filter = executions::Filter {
        pipeline_id: query.text("pipeline_id"),
        status: query.word("status", STATUSES).map(str::to_owned),
        environment: query.text("environment"),
        created_after: query.time("created_after"),
    };
    let page = query.page(executions::SORTS);
    query.finish()?;
    app.store
        .read(move |connection| Ok(Json(executions::list(connection, &filter, &page)?)))
        .await
}

/// Answers at once, or as [`waiting`] says.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    caller: Principal,
    Path(id): Path<String>,
    query: Parameters,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    caller.require(Scope::ExecutionsRead)?;
    query.finish()?;
    let look = look(&app, &id, None).await?;
    let look = match waiting::asked(&headers) {
        Some(time) if !look.over => waiting::held(&app, &caller, &id, &headers, time, look).await?,
        _ => look,
    };
    Ok(look.into_response())
}

pub(super) async fn pipeline_text(
    State(app): State<Arc<App>>,
    caller: Principal,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    caller.require(Scope::ExecutionsRead)?;
    app.store
        .read(
            move |connection| match executions::pipeline_text(connection, &id)? {
                Some(text) => Ok(([(CONTENT_TYPE, "application/yaml")], text).into_response()),
                None => Err(ApiError::not_found("execution", &id)),
            },
        )
        .await
}

/// Answers with the execution as it is; one that runs is `cancelled` once its steps have ended.
pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    caller: Principal,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    caller.require(Scope::ExecutionsWrite)?;
    let now = app.host.now();
    let wanted = id.clone();
    let done: Result<Cancel, ApiError> = app
        .store
        .write(move |connection| Ok(executions::cancel(connection, &wanted, now)?))
        .await;
    match done? {
        Cancel::Unknown => return Err(ApiError::not_found("execution", &id)),
        Cancel::Running { seq } => app.executor.cancel(seq),
        Cancel::Ended { seq } => app.store.news().ended(seq),
        Cancel::Still => {}
    }
    let execution = shown(&app, id).await?;
    Ok((StatusCode::ACCEPTED, execution).into_response())
}

async fn shown(app: &App, id: String) -> Result<Json<v1::Execution>, ApiError> {
    app.store
        .read(move |connection| match executions::get(connection, &id)? {
            Some((_, execution)) => Ok(Json(execution)),
            None => Err(ApiError::not_found("execution", &id)),
        })
        .await
}
