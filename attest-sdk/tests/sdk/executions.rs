//! Creating, executing, following and waiting, in the specification's own words.

use std::time::Duration;

use crate::support::{answer, asked, client};
use attest_sdk::{
    AttestClient, ErrorKind, ExecuteOptions, ExecutionStatus, PipelineConfig, PipelineQuery, Step,
};
use futures::TryStreamExt;
use serde_json::{Value, json};
use wiremock::matchers::{body_json, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn line(seq: u64) -> Value {
    json!({"timestamp": "2024-12-01T16:00:00Z", "step": "test", "level": "info", "message": format!("line {seq}"), "seq": seq})
}

async fn lines_after(server: &MockServer, after: u64, lines: &[Value]) {
    let body = json!({"logs": lines, "total_lines": 2, "has_more": false});
    Mock::given(path("/v1/executions/exec_1/logs"))
        .and(query_param("after", after.to_string()))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(server)
        .await;
}

#[tokio::test]
async fn the_specs_structs_send_the_specs_bodies() {
    let server = MockServer::start().await;
    let create = json!({"name": "rust-app", "config": {"version": "0.1", "steps": [
        {"name": "test", "run": "cargo test", "inputs": ["src/"], "outputs": ["target/debug/"]},
        {"name": "build", "run": "cargo build", "inputs": ["src/"], "outputs": ["target/release/"], "needs": ["test"]}]}});
    Mock::given(method("POST"))
        .and(path("/v1/pipelines"))
        .and(body_json(&create))
        .respond_with(ResponseTemplate::new(201).set_body_json(
            json!({"id": "pip_1", "name": "rust-app", "status": "active", "executions": 0, "success_rate": null}),
        ))
        .mount(&server)
        .await;
    let execute = json!({"environment": "production", "variables": {"RUSTFLAGS": "-C target-cpu=native"},
        "options": {"sign": true, "verify": true, "cache": true}});
    Mock::given(method("POST"))
        .and(path("/v1/pipelines/pip_1/executions"))
        .and(body_json(&execute))
        .respond_with(ResponseTemplate::new(202).set_body_json(
            json!({"execution_id": "exec_1", "status": "queued", "started_at": null}),
        ))
        .mount(&server)
        .await;

    let step = |name: &str, run: &str, output: &str, needs: Vec<String>| Step {
        name: name.to_string(),
        run: run.to_string(),
        inputs: vec!["src/".to_string()],
        outputs: vec![output.to_string()],
        needs,
    };
    let pipeline = client(&server)
        .pipelines()
        .create(PipelineConfig {
            name: "rust-app".to_string(),
            config: attest_sdk::Config {
                version: "0.1".to_string(),
                steps: vec![
                    step("test", "cargo test", "target/debug/", vec![]),
                    step(
                        "build",
                        "cargo build",
                        "target/release/",
                        vec!["test".to_string()],
                    ),
                ],
            },
        })
        .await
        .unwrap();
    let execution = pipeline
        .execute(ExecuteOptions {
            environment: Some("production".to_string()),
            variables: vec![("RUSTFLAGS".to_string(), "-C target-cpu=native".to_string())]
                .into_iter()
                .collect(),
            sign: true,
            verify: true,
            ..Default::default()
        })
        .await
        .unwrap();
    assert_eq!(
        (execution.id(), execution.status()),
        ("exec_1", &ExecutionStatus::Queued)
    );
}

async fn finished() -> MockServer {
    let server = MockServer::start().await;
    answer(
        &server,
        "/v1/executions/exec_1",
        200,
        r#"{"id": "exec_1", "status": "completed", "exit_code": 0}"#,
    )
    .await;
    lines_after(&server, 0, &[line(1), line(2)]).await;
    lines_after(&server, 2, &[]).await;
    server
}

#[tokio::test]
async fn a_log_is_read_to_its_end_in_every_way() {
    let server = finished().await;
    let execution = client(&server).executions().get("exec_1").await.unwrap();
    let mut log = execution.stream_logs().await.unwrap();
    let mut messages = Vec::new();
    while let Some(entry) = log.next().await {
        messages.push(entry.message);
    }
    assert_eq!(messages, ["line 1", "line 2"]);
    assert!(log.error().is_none());
    let collected: Vec<_> = execution
        .stream_logs()
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(collected.len(), 2);

    let mut watch = execution.watch();
    let update = watch.next().await.unwrap().unwrap();
    let seen: Vec<_> = update.lines.iter().map(|line| &line.message).collect();
    assert_eq!(
        seen,
        ["line 1", "line 2"],
        "the end comes with the lines before it"
    );
    assert_eq!(
        *update.execution.unwrap().status(),
        ExecutionStatus::Completed
    );
    assert!(watch.next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_log_that_breaks_off_says_so() {
    let server = MockServer::start().await;
    answer(
        &server,
        "/v1/executions/exec_1",
        200,
        r#"{"id": "exec_1", "status": "running"}"#,
    )
    .await;
    lines_after(&server, 0, &[line(1)]).await;
    let client = client(&server);
    let execution = client.executions().get("exec_1").await.unwrap();
    // Nothing is known of what comes after the first line: 404.
    let mut log = execution.stream_logs().await.unwrap();
    assert_eq!(log.next().await.unwrap().message, "line 1");
    assert!(log.next().await.is_none());
    assert_eq!(log.error().unwrap().kind(), ErrorKind::ResourceNotFound);
    assert!(log.error().is_none(), "it is told once");
}

#[tokio::test]
async fn a_wait_gives_a_failed_execution_as_a_result_and_a_late_one_as_an_error() {
    let server = MockServer::start().await;
    let failed = json!({"id": "exec_1", "status": "failed", "exit_code": 3,
        "failure": {"step": "test", "reason": "exit_code", "message": "step \"test\" exited with 3"}});
    answer(&server, "/v1/executions/exec_1", 200, failed.to_string()).await;
    answer(
        &server,
        "/v1/executions/exec_2",
        200,
        r#"{"id": "exec_2", "status": "running"}"#,
    )
    .await;
    let executions = client(&server).executions();
    let over = executions
        .get("exec_1")
        .await
        .unwrap()
        .wait_for_completion()
        .await
        .unwrap();
    assert_eq!(
        (over.status(), over.exit_code()),
        (&ExecutionStatus::Failed, Some(3))
    );
    assert!(
        over.raise_for_status()
            .unwrap_err()
            .to_string()
            .contains("step \"test\" exited with 3")
    );
    let late = executions.get("exec_2").await.unwrap();
    let error = late
        .wait_for_completion_within(Duration::from_millis(20))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitTimeout);
    assert_eq!(error.last_seen().unwrap().status, ExecutionStatus::Running);
}

#[tokio::test]
async fn all_pipelines_are_walked_by_the_servers_cursor() {
    let server = MockServer::start().await;
    let page = |ids: &[&str], cursor: Option<&str>| {
        let pipelines: Vec<_> = ids
            .iter()
            .map(|id| json!({"id": id, "name": "a", "status": "active"}))
            .collect();
        json!({"pipelines": pipelines, "total": 3, "has_more": cursor.is_some(), "next_cursor": cursor})
    };
    Mock::given(path("/v1/pipelines"))
        .and(query_param("cursor", "c1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(page(&["pip_3"], None)))
        .with_priority(1)
        .mount(&server)
        .await;
    answer(
        &server,
        "/v1/pipelines",
        200,
        page(&["pip_1", "pip_2"], Some("c1")).to_string(),
    )
    .await;
    let all: Vec<_> = client(&server)
        .pipelines()
        .iter(PipelineQuery::default())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(
        all.iter().map(|pipeline| pipeline.id()).collect::<Vec<_>>(),
        ["pip_1", "pip_2", "pip_3"]
    );
    assert_eq!(asked(&server, "/v1/pipelines").await, 2);
}

#[test]
fn a_client_of_nowhere_is_refused() {
    for url in ["", "attest.example", "http://attest.example", "https://"] {
        assert_eq!(
            AttestClient::new("k", url).unwrap_err().kind(),
            ErrorKind::Config,
            "{url}"
        );
    }
}
