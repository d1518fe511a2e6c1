//! Repeating a creating call.

use serde_json::json;

use crate::support::{TestServer, config, one_step, pipeline};

#[test]
fn the_same_call_twice_is_one_execution_with_the_first_answer() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let id = server.pipeline(one_step());
    let path = format!("/v1/pipelines/{id}/executions");
    let key = [("Idempotency-Key", "3a6e1b52-8f2f-4f6e-9f0a-5f1d0b6f2c11")];
    let body = json!({"environment": "production"});
    let first = server.call_with("POST", &path, &key, Some(&body));
    let again = server.call_with("POST", &path, &key, Some(&body));
    assert_eq!((first.status, again.status), (202, 202));
    assert_eq!(first.body, again.body);
    assert_eq!(first.header("location"), again.header("location"));
    assert_eq!(
        (
            first.header("idempotent-replayed"),
            again.header("idempotent-replayed")
        ),
        (None, Some("true"))
    );
    assert_eq!(server.get("/v1/executions")["total"], 1);
}

#[test]
fn the_same_key_for_another_body_or_path_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let key = [("Idempotency-Key", "k-1")];
    let id = server
        .call_with(
            "POST",
            "/v1/pipelines",
            &key,
            Some(&pipeline("p", one_step())),
        )
        .json()["id"]
        .clone();
    server
        .call_with(
            "POST",
            "/v1/pipelines",
            &key,
            Some(&pipeline("q", one_step())),
        )
        .error(422, "UNPROCESSABLE");
    let path = format!("/v1/pipelines/{}/executions", id.as_str().unwrap());
    server
        .call_with("POST", &path, &key, None)
        .error(422, "UNPROCESSABLE");
}

#[test]
fn calls_at_once_with_one_key_make_one_execution() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let id = server.pipeline(one_step());
    let path = format!("/v1/pipelines/{id}/executions");
    let answers: Vec<_> = std::thread::scope(|scope| {
        let call = || server.call_with("POST", &path, &[("Idempotency-Key", "at-once")], None);
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(call)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap().body)
            .collect()
    });
    assert!(answers.iter().all(|body| *body == answers[0]));
    assert_eq!(server.get("/v1/executions")["total"], 1);
}

#[test]
fn a_refused_call_may_be_put_right_under_the_same_key() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let key = [("Idempotency-Key", "k-2")];
    server
        .call_with(
            "POST",
            "/v1/pipelines",
            &key,
            Some(&pipeline("", one_step())),
        )
        .error(400, "VALIDATION_ERROR");
    assert_eq!(
        server
            .call_with(
                "POST",
                "/v1/pipelines",
                &key,
                Some(&pipeline("p", one_step()))
            )
            .status,
        201
    );
}
