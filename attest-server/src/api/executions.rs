//! `/v1/executions`, and executing a pipeline.

use std::sync::Arc;

use attest_core::v1;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use super::body::Input;
use super::error::ApiError;
use super::query::Parameters;
use super::{App, idempotent};
use crate::auth::{Principal, Scope};
use crate::store::executions::{self, Cancel, NewExecution};
use crate::store::{idempotency, pipelines, sources};

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
    if let Some(response) = idempotent::answered(&app, input.call.as_ref()).await? {
        return Ok(response);
    }
    // A client that hangs up must not leave an execution that is accepted and run by nobody.
    let accepted = tokio::spawn(accept(app, id, input.value, input.call));
    accepted.await.map_err(ApiError::internal)?
}

async fn accept(
    app: Arc<App>,
    pipeline_id: String,
    request: v1::ExecuteRequest,
    call: Option<idempotency::Call>,
) -> Result<Response, ApiError> {
    let (pipeline, version, definition) = to_execute(&app, &pipeline_id, request.version).await?;
    let _admitted = app.admission.read().await;
    let plan = app
        .executor
        .plan(pipeline.pipeline.name, definition.config, request)
        .await?;
    let id = app.host.id("exec")?;
    let slot = app.executor.free_slot();
    let now = app.host.now();
    let new = NewExecution {
        id: id.clone(),
        pipeline: pipeline.seq,
        version,
        environment: plan.environment.clone(),
        pipeline_hash: plan.pipeline_hash.clone(),
        pipeline_text: plan.pipeline_text.clone(),
        plan: serde_json::to_string(&plan.stored).map_err(ApiError::internal)?,
        steps: plan.stored.step_names(),
        claimed: slot.is_some(),
    };
    let uploaded = plan.uploaded;
    let (response, seq) = idempotent::once(&app, call, move |connection| {
        let seq = executions::insert(connection, &new, now)?;
        if let Some(tree) = uploaded {
            sources::touch(connection, &tree, now)?;
        }
        Ok((
            idempotent::answer(
                StatusCode::ACCEPTED,
                Some(location(&new.id)),
                &started(&new, &pipeline_id, now),
            )?,
            seq,
        ))
    })
    .await?;
    match (seq, slot) {
        (Some(seq), Some(slot)) => app.executor.start(seq, id, plan.stored, now, slot),
        (Some(_), None) => app.executor.look_at_queue(),
        // Answered before: the slot goes back, nothing new runs.
        (None, _) => {}
    }
    Ok(response)
}

fn location(id: &str) -> String {
    format!("/v1/executions/{id}")
}

fn started(
    new: &NewExecution,
    pipeline_id: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> v1::ExecutionStarted {
    let url = location(&new.id);
    v1::ExecutionStarted {
        execution_id: new.id.clone(),
        status: if new.claimed {
            v1::ExecutionStatus::Running
        } else {
            v1::ExecutionStatus::Queued
        },
        started_at: new.claimed.then(|| now.into()),
        pipeline_url: format!("/v1/pipelines/{pipeline_id}"),
        logs_url: format!("{url}/logs"),
        receipt_url: format!("{url}/receipt"),
    }
}

/// The pipeline, the version asked for (the newest by default), and its configuration.
async fn to_execute(
    app: &App,
    id: &str,
    version: Option<u64>,
) -> Result<(pipelines::Stored, u64, pipelines::Definition), ApiError> {
    let id = id.to_owned();
    app.store
        .read(move |connection| {
            let stored = pipelines::get(connection, &id)?
                .ok_or_else(|| ApiError::not_found("pipeline", &id))?;
            if stored.pipeline.status != v1::PipelineStatus::Active {
                return Err(ApiError::conflict(format!(
                    "Pipeline {id} is archived: create another to run it"
                )));
            }
            let newest = stored.pipeline.version.unwrap_or(1);
            let version = version.unwrap_or(newest);
            match pipelines::definition(connection, stored.seq, version)? {
                Some(definition) => Ok((stored, version, definition)),
                None => Err(ApiError::invalid(
                    "version",
                    format!("the pipeline has versions 1 to {newest}, not {version}"),
                )),
            }
        })
        .await
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

pub(super) async fn get(
    State(app): State<Arc<App>>,
    caller: Principal,
    Path(id): Path<String>,
    query: Parameters,
) -> Result<Json<v1::Execution>, ApiError> {
    caller.require(Scope::ExecutionsRead)?;
    query.finish()?;
    shown(&app, id).await
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
