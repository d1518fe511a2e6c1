//! `/v1/executions`.

use super::{Endpoint, Page, decode_text};
use crate::client::{LogFilter, Method, path};
use crate::error::Error;
use crate::v1::{Execution, ExecutionList, ExecutionStatus, LogPage};

pub(super) fn of(id: &str, rest: &str) -> Result<String, Error> {
    Ok(format!(
        "/v1/executions/{}{rest}",
        path::segment("an execution's id", id)?
    ))
}

/// `GET /v1/executions`, filtered by pipeline and status.
#[must_use]
pub fn list(
    page: &Page,
    pipeline_id: Option<&str>,
    status: Option<&ExecutionStatus>,
) -> Endpoint<ExecutionList> {
    Endpoint::json(Method::Get, "/v1/executions".to_owned())
        .page(page)
        .with("pipeline_id", pipeline_id)
        .with("status", status)
}

/// `GET /v1/executions/{id}`.
///
/// # Errors
/// For an id that fits no path.
pub fn get(id: &str) -> Result<Endpoint<Execution>, Error> {
    Ok(Endpoint::json(Method::Get, of(id, "")?))
}

/// `POST /v1/executions/{id}/cancel`.
///
/// # Errors
/// For an id that fits no path.
pub fn cancel(id: &str) -> Result<Endpoint<Execution>, Error> {
    Ok(Endpoint::json(Method::Post, of(id, "/cancel")?))
}

/// `GET /v1/executions/{id}/logs`: the last `tail` lines.
///
/// # Errors
/// For an id that fits no path.
pub fn logs(id: &str, filter: &LogFilter, tail: Option<u32>) -> Result<Endpoint<LogPage>, Error> {
    Ok(filtered(id, filter)?.with("tail", tail))
}

/// `GET /v1/executions/{id}/logs`: the lines after the one at `after`.
///
/// # Errors
/// For an id that fits no path.
pub fn logs_after(id: &str, filter: &LogFilter, after: u64) -> Result<Endpoint<LogPage>, Error> {
    Ok(filtered(id, filter)?.with("after", Some(after)))
}

/// `GET /v1/executions/{id}/pipeline.yaml`: the exact text behind `pipeline_hash`.
///
/// # Errors
/// For an id that fits no path.
pub fn pipeline_yaml(id: &str) -> Result<Endpoint<String>, Error> {
    Ok(Endpoint::new(
        Method::Get,
        of(id, "/pipeline.yaml")?,
        "application/yaml, */*",
        decode_text,
    ))
}

fn filtered(id: &str, filter: &LogFilter) -> Result<Endpoint<LogPage>, Error> {
    Ok(Endpoint::json(Method::Get, of(id, "/logs")?)
        .with("step", filter.step.as_deref())
        .with("level", filter.level.as_ref())
        .with("stream", filter.stream.as_ref()))
}
