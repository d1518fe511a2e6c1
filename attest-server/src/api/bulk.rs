//! `/v1/executions/bulk`: many executions by one call. What is wrong with the request refuses all of it; what is wrong with
//! one execution is that one's result.

use std::sync::Arc;

use attest_core::v1;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use futures::{StreamExt as _, stream};

use super::accept::{Accepted, Settled, accept, settle};
use super::body::Input;
use super::error::{ApiError, Problem};
use super::{App, idempotent};
use crate::auth::{Principal, Scope};
use crate::store::idempotency::Call;

const LIMIT: usize = 100;

/// Settled at once: fewer than the executor settles in all, so that single calls get their turn.
const AHEAD: usize = 2;

pub(super) async fn execute(
    State(app): State<Arc<App>>,
    caller: Principal,
    input: Input<v1::BulkRequest>,
) -> Result<Response, ApiError> {
    caller.require(Scope::ExecutionsWrite)?;
    let items = input.value.executions;
    check(&items)?;
    // A client that hangs up gets all that it asked for, not a part that depends on the moment.
    let all = tokio::spawn(execute_all(app, items, input.call));
    all.await.map_err(ApiError::internal)
}

fn check(items: &[v1::BulkItem]) -> Result<(), ApiError> {
    if !(1..=LIMIT).contains(&items.len()) {
        let issue = format!("{} executions: give 1 to {LIMIT}", items.len());
        return Err(ApiError::invalid("executions", issue));
    }
    let nameless = items.iter().enumerate().filter_map(|(index, item)| {
        let field = format!("executions[{index}].pipeline_id");
        item.pipeline_id
            .is_empty()
            .then(|| Problem::new(field, "a pipeline's id is missing"))
    });
    let problems: Vec<Problem> = nameless.collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(ApiError::validation("Invalid request", &problems))
    }
}

/// Settles a few ahead and accepts one after the other, so that they queue in the order in which they were asked for.
async fn execute_all(app: Arc<App>, items: Vec<v1::BulkItem>, call: Option<Call>) -> Response {
    // Once for all: one more in the middle would wait behind whoever waits for this call to end.
    let admitted = app.admission.read().await;
    let outcomes = stream::iter(items.into_iter().enumerate())
        .map(|(index, item)| prepare(&app, index, item, call.as_ref()))
        .buffered(AHEAD)
        .then(async |prepared| match prepared? {
            Prepared::Answered(accepted) => Ok(accepted),
            Prepared::Settled(settled, call) => accept(&app, *settled, call).await,
        });
    let outcomes: Vec<Result<Accepted, ApiError>> = outcomes.collect().await;
    drop(admitted);
    let accepted = || outcomes.iter().flatten();
    let repeated =
        accepted().any(|accepted| accepted.earlier) && accepted().all(|accepted| accepted.earlier);
    let results = outcomes.iter().enumerate();
    let results = results
        .map(|(index, outcome)| result(index, outcome))
        .collect();
    let body = Json(v1::BulkResponse { results });
    let mut response = (StatusCode::MULTI_STATUS, body).into_response();
    if repeated {
        idempotent::mark_as_replayed(&mut response);
    }
    response
}

enum Prepared {
    Answered(Accepted),
    Settled(Box<Settled>, Option<Call>),
}

async fn prepare(
    app: &App,
    index: usize,
    item: v1::BulkItem,
    call: Option<&Call>,
) -> Result<Prepared, ApiError> {
    let call = call
        .map(|call| idempotent::part(call, index, &item))
        .transpose()?;
    if let Some(answer) = idempotent::answered(app, call.as_ref()).await? {
        let earlier = true;
        return Ok(Prepared::Answered(Accepted { answer, earlier }));
    }
    let (pipeline_id, request) = item.into_parts();
    let settled = settle(app, pipeline_id, request).await?;
    Ok(Prepared::Settled(Box::new(settled), call))
}

fn result(index: usize, outcome: &Result<Accepted, ApiError>) -> v1::BulkResult {
    let started = match outcome {
        Ok(Accepted { answer, .. }) => serde_json::from_slice(&answer.body)
            .map(|started| (answer.status, started))
            .map_err(ApiError::internal),
        Err(error) => Err(error.clone()),
    };
    match started {
        Ok((status, started)) => v1::BulkResult {
            index,
            status,
            execution: Some(started),
            error: None,
        },
        Err(error) => v1::BulkResult {
            index,
            status: error.status.as_u16(),
            execution: None,
            error: Some(error.part()),
        },
    }
}
