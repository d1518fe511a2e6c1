//! `/v1/executions`.

use super::{Endpoint, Page, decode_json, decode_text};
use crate::client::{LogFilter, Method, Response, path};
use crate::error::{Error, ErrorKind};
use crate::v1::{
    BulkRequest, BulkResponse, BulkResult, Execution, ExecutionList, ExecutionStarted,
    ExecutionStatus, LogPage,
};

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

/// `POST /v1/executions/bulk`: for each execution asked for, in their order, that it was started or why not.
///
/// # Errors
/// Where the body cannot be written.
pub fn bulk(body: &BulkRequest) -> Result<Endpoint<Vec<Result<ExecutionStarted, Error>>>, Error> {
    let path = "/v1/executions/bulk".to_owned();
    let endpoint = Endpoint::new(Method::Post, path, "application/json", decode_bulk);
    Ok(endpoint.body(body)?.patient())
}

/// `GET /v1/executions/{id}`.
///
/// # Errors
/// For an id that fits no path.
pub fn get(id: &str) -> Result<Endpoint<Execution>, Error> {
    Ok(Endpoint::json(Method::Get, of(id, "")?).one(id, |execution| Some(&execution.id)))
}

/// What is to be seen of an execution.
#[derive(Clone, Debug, Default)]
pub(in crate::client) struct Seen {
    /// The execution; nothing where it is as it was.
    pub(in crate::client) execution: Option<Execution>,
    /// What a later look names, so that a server can hold its answer back until something is other than now.
    pub(in crate::client) tag: Option<String>,
}

/// `GET /v1/executions/{id}`, held back by a server that can (`Prefer: wait`, RFC 7240) for at most that many seconds: until
/// the execution is over, or, with the tag of an earlier look, until anything of it or of its log is new. Other servers
/// pass over it and answer at once.
pub(in crate::client) fn watch(
    id: &str,
    known: Option<&str>,
    seconds: Option<u64>,
) -> Result<Endpoint<Seen>, Error> {
    let endpoint = Endpoint::new(Method::Get, of(id, "")?, "application/json", decode_seen);
    let endpoint = endpoint.one(id, |seen| Some(&seen.execution.as_ref()?.id));
    Ok(endpoint.waiting(seconds).unless(known))
}

/// `POST /v1/executions/{id}/cancel`.
///
/// # Errors
/// For an id that fits no path.
pub fn cancel(id: &str) -> Result<Endpoint<Execution>, Error> {
    Ok(Endpoint::json(Method::Post, of(id, "/cancel")?).one(id, |execution| Some(&execution.id)))
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

fn decode_seen(response: &Response) -> Result<Seen, Error> {
    let execution = match response.is_success() {
        true => Some(decode_json(response)?),
        false => None,
    };
    Ok(Seen {
        execution,
        tag: response.header("etag").map(str::to_owned),
    })
}

fn filtered(id: &str, filter: &LogFilter) -> Result<Endpoint<LogPage>, Error> {
    Ok(Endpoint::json(Method::Get, of(id, "/logs")?)
        .with("step", filter.step.as_deref())
        .with("level", filter.level.as_ref())
        .with("stream", filter.stream.as_ref()))
}

fn decode_bulk(response: &Response) -> Result<Vec<Result<ExecutionStarted, Error>>, Error> {
    let answer: BulkResponse = decode_json(response)?;
    let mut places = answer.results.iter().enumerate();
    if places.any(|(place, result)| result.index != place) {
        let why = "the results of the executions are not in the order in which they were asked for";
        return Err(Error::new(ErrorKind::Decode, why));
    }
    let one = |result: BulkResult| match (result.execution, result.error) {
        (Some(started), None) => Ok(started),
        (None, Some(body)) => Err(Error::of_part(result.status, body, response).with_attempts(1)),
        _ => Err(Error::new(
            ErrorKind::Decode,
            "the result holds not exactly one of `execution` and `error`",
        )),
    };
    Ok(answer.results.into_iter().map(one).collect())
}
