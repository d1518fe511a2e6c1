//! Listening to an execution, and going on with one that is known by its id alone.

use std::time::Duration;

use crate::support::{answer, asked, client};
use attest_sdk::{ErrorKind, EventStream, ExecutionEvent, ExecutionStatus};
use futures::TryStreamExt;
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

const PATH: &str = "/v1/executions/exec_1";

fn seen(status: &str, step: &str) -> Value {
    json!({"id": "exec_1", "status": status, "steps": [{"name": "test", "status": step, "duration_seconds": 1.5}]})
}

/// A server that shows these states, each once and the last for ever.
async fn showing(states: &[Value]) -> MockServer {
    let server = MockServer::start().await;
    let (last, first) = states.split_last().unwrap();
    for state in first {
        Mock::given(path(PATH))
            .respond_with(ResponseTemplate::new(200).set_body_json(state))
            .up_to_n_times(1)
            .mount(&server)
            .await;
    }
    answer(&server, PATH, 200, last.to_string()).await;
    server
}

fn listen(server: &MockServer, known: ExecutionStatus) -> EventStream {
    client(server).executions().resume("exec_1", known).events()
}

fn told(events: Vec<ExecutionEvent>) -> Value {
    let brief = |event: &ExecutionEvent| match json!(event) {
        Value::Object(event) if event.contains_key("step") => {
            json!([
                event["event"],
                event["step"]["name"],
                event["step"]["status"]
            ])
        }
        event => json!([event["event"], event["status"]]),
    };
    events.iter().map(brief).collect()
}

#[tokio::test]
async fn every_change_comes_once_and_the_stream_ends_with_the_execution() {
    let states = [
        seen("queued", "pending"),
        seen("running", "running"),
        seen("completed", "completed"),
    ];
    let server = showing(&states).await;
    let mut stream = listen(&server, ExecutionStatus::Queued);
    let mut events = Vec::new();
    while let Some(event) = stream.try_next().await.unwrap() {
        events.push(event);
    }
    assert_eq!(
        told(events),
        json!([
            ["status_changed", "running"],
            ["step_started", "test", "running"],
            ["step_completed", "test", "completed"],
            ["status_changed", "completed"],
        ])
    );
    assert!(stream.try_next().await.unwrap().is_none());
    assert_eq!(asked(&server, PATH).await, 3);
}

#[tokio::test]
async fn an_execution_that_is_known_by_its_id_alone_goes_on() {
    let server = showing(&[seen("completed", "completed")]).await;
    let executions = client(&server).executions();
    let known = executions.resume("exec_1", ExecutionStatus::Running);
    assert_eq!(
        (known.id(), known.status()),
        ("exec_1", &ExecutionStatus::Running)
    );
    assert_eq!(
        asked(&server, PATH).await,
        0,
        "nothing is asked before it has to be"
    );
    let events: Vec<_> = known.events().try_collect().await.unwrap();
    let ends = json!(["status_changed", "completed"]);
    assert_eq!(told(events)[2], ends);
    // One that was over already when it was known: its steps, and no change of what did not change.
    let over = executions.resume("exec_1", ExecutionStatus::Completed);
    let events: Vec<_> = over.events().try_collect().await.unwrap();
    assert_eq!(
        told(events),
        json!([
            ["step_started", "test", "completed"],
            ["step_completed", "test", "completed"]
        ])
    );
    let over = known.wait_for_completion().await.unwrap();
    assert_eq!(over.status(), &ExecutionStatus::Completed);
    let lost = executions.resume("..", ExecutionStatus::Running);
    let error = lost.wait_for_completion().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[tokio::test]
async fn asking_can_be_given_up_over_and_over_without_losing_or_repeating_anything() {
    let server = MockServer::start().await;
    let slow = ResponseTemplate::new(200)
        .set_body_json(seen("failed", "failed"))
        .set_delay(Duration::from_millis(60));
    Mock::given(path(PATH))
        .respond_with(slow)
        .mount(&server)
        .await;
    let mut stream = listen(&server, ExecutionStatus::Running);
    let (mut events, mut given_up) = (Vec::new(), 0);
    loop {
        match tokio::time::timeout(Duration::from_millis(2), stream.try_next()).await {
            Err(_) => given_up += 1,
            Ok(Ok(Some(event))) => events.push(event),
            Ok(end) => {
                assert!(end.unwrap().is_none());
                break;
            }
        }
    }
    assert!(given_up > 3, "{given_up}");
    assert_eq!(
        told(events),
        json!([
            ["step_started", "test", "failed"],
            ["step_completed", "test", "failed"],
            ["status_changed", "failed"],
        ])
    );
    assert_eq!(asked(&server, PATH).await, 1);
}

#[tokio::test]
async fn a_stream_never_ends_silently_on_an_error() {
    let server = MockServer::start().await;
    answer(&server, PATH, 403, "{}").await;
    let mut stream = listen(&server, ExecutionStatus::Queued);
    let error = stream.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AuthorizationFailed);
    assert!(
        stream.try_next().await.unwrap().is_none(),
        "it is told once"
    );
}
