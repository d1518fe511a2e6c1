//! `/v1/pipelines`.

use super::{Endpoint, Page, decode_nothing};
use crate::client::{Method, path};
use crate::error::Error;
use crate::v1::{
    CreatePipeline, ExecuteRequest, ExecutionStarted, Pipeline, PipelineList, PipelineStatus,
    UpdatePipeline,
};

fn of(id: &str, rest: &str) -> Result<String, Error> {
    Ok(format!(
        "/v1/pipelines/{}{rest}",
        path::segment("a pipeline's id", id)?
    ))
}

/// `POST /v1/pipelines`.
///
/// # Errors
/// Where the body cannot be written.
pub fn create(body: &CreatePipeline) -> Result<Endpoint<Pipeline>, Error> {
    Endpoint::json(Method::Post, "/v1/pipelines".to_owned()).body(body)
}

/// `GET /v1/pipelines`, filtered by name and status.
#[must_use]
pub fn list(
    page: &Page,
    name: Option<&str>,
    status: Option<&PipelineStatus>,
) -> Endpoint<PipelineList> {
    Endpoint::json(Method::Get, "/v1/pipelines".to_owned())
        .page(page)
        .with("name", name)
        .with("status", status)
}

/// `GET /v1/pipelines/{id}`.
///
/// # Errors
/// For an id that fits no path.
pub fn get(id: &str) -> Result<Endpoint<Pipeline>, Error> {
    Ok(Endpoint::json(Method::Get, of(id, "")?).one(id, |pipeline| Some(&pipeline.id)))
}

/// `PATCH /v1/pipelines/{id}`.
///
/// # Errors
/// For an id that fits no path.
pub fn update(id: &str, body: &UpdatePipeline) -> Result<Endpoint<Pipeline>, Error> {
    Endpoint::json(Method::Patch, of(id, "")?)
        .one(id, |pipeline: &Pipeline| Some(&pipeline.id))
        .body(body)
}

/// `DELETE /v1/pipelines/{id}`: archives it.
///
/// # Errors
/// For an id that fits no path.
pub fn archive(id: &str) -> Result<Endpoint<()>, Error> {
    Ok(Endpoint::new(
        Method::Delete,
        of(id, "")?,
        "application/json",
        decode_nothing,
    ))
}

/// `POST /v1/pipelines/{id}/executions`.
///
/// # Errors
/// For an id that fits no path.
pub fn execute(id: &str, body: &ExecuteRequest) -> Result<Endpoint<ExecutionStarted>, Error> {
    Endpoint::json(Method::Post, of(id, "/executions")?).body(body)
}
