//! Accepting executions: settled first, which takes long, then stored and started in one step.

use attest_core::v1;
use axum::http::StatusCode;

use super::error::ApiError;
use super::{App, idempotent};
use crate::execution::Planned;
use crate::store::executions::{self, NewExecution};
use crate::store::idempotency::{Answer, Call};
use crate::store::{pipelines, sources};

/// A call of which everything is known and nothing stored.
pub(super) struct Settled {
    pipeline_id: String,
    pipeline: i64,
    version: u64,
    planned: Planned,
}

/// An execution that was accepted.
pub(super) struct Accepted {
    pub(super) answer: Answer,
    /// By an earlier call with the same key.
    pub(super) earlier: bool,
}

/// Settles a call. Whoever asks holds `app.admission` until it is accepted, so that what it starts from stays.
pub(super) async fn settle(
    app: &App,
    pipeline_id: String,
    request: v1::ExecuteRequest,
) -> Result<Settled, ApiError> {
    let (pipeline, version, definition) = to_execute(app, &pipeline_id, request.version).await?;
    let planned = app
        .executor
        .plan(pipeline.pipeline.name, definition.config, request)
        .await?;
    Ok(Settled {
        pipeline_id,
        pipeline: pipeline.seq,
        version,
        planned,
    })
}

/// Stores what was settled, and starts it where a slot is free.
pub(super) async fn accept(
    app: &App,
    settled: Settled,
    call: Option<Call>,
) -> Result<Accepted, ApiError> {
    let Settled {
        pipeline_id,
        pipeline,
        version,
        planned,
    } = settled;
    let id = app.host.id("exec")?;
    let slot = app.executor.free_slot();
    let now = app.host.now();
    let new = NewExecution {
        id: id.clone(),
        pipeline,
        version,
        environment: planned.environment,
        pipeline_hash: planned.pipeline_hash,
        pipeline_text: planned.pipeline_text,
        plan: serde_json::to_string(&planned.stored).map_err(ApiError::internal)?,
        steps: planned.stored.step_names(),
        claimed: slot.is_some(),
    };
    let uploaded = planned.uploaded;
    let (answer, seq) = idempotent::once(app, call, move |connection| {
        let seq = executions::insert(connection, &new, now)?;
        if let Some(tree) = uploaded {
            sources::touch(connection, &tree, now)?;
        }
        let started = started(&new, &pipeline_id, now);
        let location = Some(location(&new.id));
        let answer = idempotent::answer(StatusCode::ACCEPTED, location, &started)?;
        Ok((answer, seq))
    })
    .await?;
    match (seq, slot) {
        (Some(seq), Some(slot)) => app.executor.start(seq, id, planned.stored, now, slot),
        (Some(_), None) => app.executor.look_at_queue(),
        // Answered before: the slot goes back, nothing new runs.
        (None, _) => {}
    }
    Ok(Accepted {
        answer,
        earlier: seq.is_none(),
    })
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
