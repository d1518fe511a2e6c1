//! Many executions by one call.

use crate::support::client;
use attest_sdk::{BulkExecution, Error, ErrorKind, ExecuteOptions, ExecutionStatus};
use serde_json::{Value, json};
use wiremock::matchers::{body_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn started(index: usize) -> Value {
    json!({"index": index, "status": 202, "execution": {"execution_id": format!("exec_{index}"), "status": "queued"}})
}

fn refused(index: usize, status: u16, code: &str) -> Value {
    json!({"index": index, "status": status, "error": {"code": code, "message": "no", "details": {"a": 1}}})
}

/// Two executions asked for, these results.
async fn asked(results: Value) -> (Result<Vec<attest_sdk::BulkOutcome>, Error>, MockServer) {
    let server = MockServer::start().await;
    let options = json!({"sign": true, "verify": true, "cache": true});
    let body = json!({"executions": [
        {"pipeline_id": "pip_1", "options": options},
        {"pipeline_id": "pip_2", "environment": "staging", "options": options}]});
    let answer = ResponseTemplate::new(207)
        .insert_header("x-request-id", "req_7")
        .set_body_json(json!({ "results": results }));
    Mock::given(method("POST"))
        .and(path("/v1/executions/bulk"))
        .and(body_json(&body))
        .respond_with(answer)
        .expect(1)
        .mount(&server)
        .await;
    let staging = ExecuteOptions {
        environment: Some("staging".to_owned()),
        ..ExecuteOptions::default()
    };
    let pipelines = client(&server).pipelines();
    let outcomes = pipelines.bulk_execute([
        BulkExecution::new("pip_1", ExecuteOptions::default()),
        BulkExecution::new("pip_2", staging),
    ]);
    (outcomes.await, server)
}

#[tokio::test]
async fn each_outcome_is_an_execution_or_an_error_of_its_own_kind() {
    let (outcomes, _server) =
        asked(json!([refused(0, 404, "RESOURCE_NOT_FOUND"), started(1)])).await;
    let outcomes = outcomes.unwrap();
    assert_eq!(
        outcomes.iter().map(|one| one.index).collect::<Vec<_>>(),
        [0, 1]
    );
    let error = outcomes[0].execution.as_ref().unwrap_err();
    assert_eq!(
        (
            error.kind(),
            error.code(),
            error.status(),
            error.request_id(),
            error.attempts()
        ),
        (
            ErrorKind::ResourceNotFound,
            "RESOURCE_NOT_FOUND",
            Some(404),
            Some("req_7"),
            1
        )
    );
    assert_eq!(error.details().unwrap()["a"], 1);
    let execution = outcomes[1].execution.as_ref().unwrap();
    assert_eq!(
        (
            execution.id(),
            execution.status(),
            execution.state().pipeline_id.as_str()
        ),
        ("exec_1", &ExecutionStatus::Queued, "pip_2")
    );
}

#[tokio::test]
async fn an_answer_that_fits_no_request_is_an_error_and_never_another_ones_execution() {
    for results in [
        json!([]),
        json!([started(0)]),
        json!([started(0), started(1), started(2)]),
        json!([started(1), started(0)]),
        json!([started(0), started(0)]),
    ] {
        let (outcomes, _server) = asked(results.clone()).await;
        assert_eq!(outcomes.unwrap_err().kind(), ErrorKind::Decode, "{results}");
    }
    let both = json!({"index": 0, "status": 202, "execution": started(0)["execution"], "error": refused(0, 404, "X")["error"]});
    for muddled in [both, json!({"index": 0, "status": 202})] {
        let (outcomes, _server) = asked(json!([muddled, started(1)])).await;
        let outcomes = outcomes.unwrap();
        let error = outcomes[0].execution.as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{muddled}");
        assert!(outcomes[1].execution.is_ok());
    }
}

#[tokio::test]
async fn the_kind_of_an_outcomes_error_is_that_of_its_status() {
    for (status, kind) in [
        (400, ErrorKind::ValidationError),
        (409, ErrorKind::Conflict),
        (422, ErrorKind::ValidationError),
        (503, ErrorKind::InternalError),
    ] {
        let (outcomes, _server) = asked(json!([started(0), refused(1, status, "ANY")])).await;
        let outcomes = outcomes.unwrap();
        let error = outcomes[1].execution.as_ref().unwrap_err();
        assert_eq!((error.kind(), error.code()), (kind, "ANY"));
        assert_eq!(error.is_retryable(), status == 503);
    }
}
