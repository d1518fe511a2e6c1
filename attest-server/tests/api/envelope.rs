//! What holds for every answer.

use serde_json::json;

use crate::support::{TestServer, config, one_step, pipeline, raw};

#[test]
fn every_error_is_the_envelope_with_the_request_id_of_the_header() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    server
        .call("GET", "/v1/nothing", None)
        .error(404, "RESOURCE_NOT_FOUND");
    server
        .call("GET", "/", None)
        .error(404, "RESOURCE_NOT_FOUND");
    let refused = server.call("PUT", "/v1/pipelines", None);
    refused.error(405, "METHOD_NOT_ALLOWED");
    assert!(refused.header("allow").unwrap().contains("POST"));
    server
        .send("POST", "/v1/pipelines", &[], b"{")
        .error(400, "VALIDATION_ERROR");
    server
        .send("POST", "/v1/pipelines", &[], b"\xff\xfe")
        .error(400, "VALIDATION_ERROR");
    server
        .send(
            "POST",
            "/v1/pipelines",
            &[("Content-Type", "text/plain")],
            b"{}",
        )
        .error(415, "UNSUPPORTED_MEDIA_TYPE");
    server
        .send("POST", "/v1/pipelines", &[], &vec![b' '; (8 << 20) + 1])
        .error(413, "PAYLOAD_TOO_LARGE");
    server
        .call("GET", "/v1/pipelines/%ff", None)
        .error(400, "VALIDATION_ERROR");
    server
        .call("GET", "/v1/pipelines?limt=3", None)
        .error(400, "VALIDATION_ERROR");
}

#[test]
fn a_well_formed_request_id_is_echoed_and_another_is_replaced() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let echoed = server.call_with("GET", "/healthz", &[("X-Request-Id", "my-request_1")], None);
    assert_eq!(echoed.header("x-request-id"), Some("my-request_1"));
    for bad in ["has space", "a/b", &"x".repeat(65)] {
        let replaced = server.call_with("GET", "/healthz", &[("X-Request-Id", bad)], None);
        assert!(
            replaced.header("x-request-id").unwrap().starts_with("req_"),
            "{bad}"
        );
    }
}

#[test]
fn rate_limit_headers_count_the_calls_of_a_minute() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let numbers = |answer: &crate::support::Answer| {
        let number = |name| answer.header(name).unwrap().parse::<u64>().unwrap();
        (
            number("x-ratelimit-limit"),
            number("x-ratelimit-remaining"),
            number("x-ratelimit-reset"),
        )
    };
    let first = numbers(&server.call("GET", "/v1/pipelines", None));
    let second = numbers(&server.call("GET", "/v1/pipelines", None));
    assert_eq!(first.0, 10_000);
    assert_eq!(first.2 % 60, 0);
    // Unless a minute has just begun, one less is left.
    assert!(
        second.1 + 1 == first.1 || second.2 > first.2,
        "{first:?} {second:?}"
    );
}

#[test]
fn head_and_options_answer() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let head = server.call("HEAD", "/v1/pipelines", None);
    assert_eq!((head.status, head.body.len()), (200, 0));
    let options = server.call("OPTIONS", "/v1/pipelines", None);
    assert_eq!(options.status, 204);
    assert!(options.header("allow").unwrap().contains("GET"));
}

#[test]
fn bytes_that_are_no_http_leave_the_server_alive() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let _ = std::panic::catch_unwind(|| raw(server.address, "\0\0\0", "\u{1}", &[], b""));
    assert_eq!(
        server.post("/v1/pipelines", &pipeline("p", one_step()))["status"],
        "active"
    );
    assert_eq!(server.get("/healthz"), json!({"status": "ok"}));
    assert_eq!(server.get("/readyz"), json!({"status": "ready"}));
}
