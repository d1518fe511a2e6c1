//! Executions that are accepted and not yet run.

use serde_json::{Value, json};

use crate::support::{TestServer, config, one_step};

#[test]
fn without_a_free_slot_an_execution_is_queued() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let id = server.pipeline(one_step());
    let started = server.post(
        &format!("/v1/pipelines/{id}/executions"),
        &json!({"environment": "production"}),
    );
    let execution = started["execution_id"].as_str().unwrap();
    assert_eq!(
        (&started["status"], &started["started_at"]),
        (&json!("queued"), &Value::Null)
    );
    assert_eq!(started["pipeline_url"], format!("/v1/pipelines/{id}"));
    assert_eq!(
        started["logs_url"],
        format!("/v1/executions/{execution}/logs")
    );
    let seen = server.get(&format!("/v1/executions/{execution}"));
    assert_eq!(
        (&seen["status"], &seen["exit_code"], &seen["completed_at"]),
        (&json!("queued"), &Value::Null, &Value::Null)
    );
    assert_eq!(seen["steps"][0]["status"], "pending");
    assert_eq!(seen["environment"], "production");
    let text = server
        .call(
            "GET",
            &format!("/v1/executions/{execution}/pipeline.yaml"),
            None,
        )
        .text();
    assert!(text.contains("ATTEST_ENVIRONMENT: production"), "{text}");
    let none = server.call("GET", &format!("/v1/executions/{execution}/receipt"), None);
    assert_eq!(
        none.error(404, "RESOURCE_NOT_FOUND")["details"]["reason"],
        "pending"
    );
    assert_eq!(
        server.get(&format!("/v1/executions/{execution}/logs")),
        json!({"logs": [], "total_lines": 0, "has_more": false})
    );
}

#[test]
fn a_queued_execution_is_cancelled_at_once_and_again_without_effect() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let execution = server.execute(&server.pipeline(one_step()), &json!({}));
    let path = format!("/v1/executions/{execution}/cancel");
    for _ in 0..2 {
        let seen = server.post(&path, &json!({}));
        assert_eq!(
            (&seen["status"], &seen["exit_code"]),
            (&json!("cancelled"), &Value::Null)
        );
        assert_eq!(seen["steps"][0]["status"], "cancelled");
    }
    let none = server.call("GET", &format!("/v1/executions/{execution}/receipt"), None);
    assert_eq!(
        none.error(404, "RESOURCE_NOT_FOUND")["details"]["reason"],
        "no_step_ran"
    );
    server
        .call("POST", "/v1/executions/exec_none/cancel", None)
        .error(404, "RESOURCE_NOT_FOUND");
}

#[test]
fn what_cannot_run_is_refused_before_anything_is_accepted() {
    let data = tempfile::tempdir().unwrap();
    let source = tempfile::tempdir().unwrap();
    std::fs::write(source.path().join("ignored.txt"), "x").unwrap();
    std::fs::write(source.path().join(".gitignore"), "ignored.txt\n").unwrap();
    let config = attest_server::Config {
        source: Some(source.path().to_owned()),
        ..config(data.path())
    };
    let server = TestServer::start(config);
    let refused = |step: Value, body: Value| {
        let id = server.pipeline(json!([step]));
        let answer = server.call(
            "POST",
            &format!("/v1/pipelines/{id}/executions"),
            Some(&body),
        );
        answer.error(400, "VALIDATION_ERROR")["details"].clone()
    };
    let missing = refused(
        json!({"name": "a", "run": "x", "inputs": ["none.c"]}),
        json!({}),
    );
    assert_eq!(missing["field"], "steps[0].inputs[0]");
    let ignored = refused(
        json!({"name": "a", "run": "x", "inputs": ["ignored.txt"]}),
        json!({}),
    );
    assert!(
        ignored["issue"].as_str().unwrap().contains(".gitignore"),
        "{ignored}"
    );
    let network = refused(
        json!({"name": "a", "run": "x", "network": false}),
        json!({}),
    );
    assert_eq!(network["field"], "steps[0].network");
    let variable = refused(
        json!({"name": "a", "run": "x"}),
        json!({"variables": {"HOME": "/root"}}),
    );
    assert_eq!(variable["field"], "variables.HOME");
    let uploaded = refused(
        json!({"name": "a", "run": "x"}),
        json!({"source": "tree:blake3:00"}),
    );
    assert_eq!(uploaded["field"], "source");
    assert_eq!(server.get("/v1/executions")["total"], 0);
}
