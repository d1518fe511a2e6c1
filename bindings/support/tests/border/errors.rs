//! An error as JSON: every member is always there.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use attest_bindings_support::{Error, ErrorKind, failure, guard};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{client, error_of, wait};

const MEMBERS: [&str; 12] = [
    "kind",
    "code",
    "message",
    "text",
    "status",
    "details",
    "request_id",
    "attempts",
    "retryable",
    "retry_after",
    "reset_at",
    "last_seen",
];

fn members(error: &Value) -> BTreeSet<&str> {
    error
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn serving(answer: ResponseTemplate) -> (tokio::runtime::Runtime, MockServer) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(async {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).mount(&server).await;
        server
    });
    (runtime, server)
}

fn asked(answer: ResponseTemplate) -> Value {
    let (_runtime, server) = serving(answer);
    error_of(wait(client(&server.uri()).cache_stats(None)))
}

#[test]
fn every_member_is_there_whatever_the_error() {
    let bare = error_of(Err::<(), _>(Error::new(ErrorKind::Io, "why")));
    assert_eq!(members(&bare), BTreeSet::from(MEMBERS));
    assert_eq!(
        bare,
        json!({"kind": "io", "code": "io", "message": "why", "text": "why", "status": null, "details": null,
            "request_id": null, "attempts": 0, "retryable": false, "retry_after": null, "reset_at": null,
            "last_seen": null})
    );
    let body = json!({"error": {"code": "VALIDATION_ERROR", "message": "bad", "details": {"field": "a"},
        "request_id": "req_1"}});
    let error = asked(ResponseTemplate::new(400).set_body_json(body));
    assert_eq!(
        error,
        json!({"kind": "validation_error", "code": "VALIDATION_ERROR", "message": "bad",
            "text": "bad (HTTP 400, request req_1)", "status": 400, "details": {"field": "a"}, "request_id": "req_1",
            "attempts": 1, "retryable": false, "retry_after": null, "reset_at": null, "last_seen": null})
    );
}

#[test]
fn an_exceeded_limit_says_when_to_call_again() {
    let now = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs()
    };
    let before = now();
    let error = asked(ResponseTemplate::new(429).insert_header("retry-after", "30"));
    let at = error["reset_at"].as_u64().unwrap();
    assert!((before + 30..=now() + 31).contains(&at), "{error}");
    assert_eq!(
        (&error["kind"], &error["retry_after"]),
        (&json!("rate_limit_exceeded"), &json!(30.0))
    );
    let error = asked(ResponseTemplate::new(429));
    assert!(error["reset_at"].as_u64().unwrap() > before, "{error}");
    let error = asked(ResponseTemplate::new(503).insert_header("retry-after", "30"));
    assert_eq!(
        (&error["reset_at"], &error["retry_after"]),
        (&Value::Null, &json!(30.0))
    );
}

#[test]
fn what_ended_a_stream_is_told_to_everybody_who_asks_after_it() {
    let (_runtime, server) = serving(ResponseTemplate::new(404));
    let client = client(&server.uri());
    let lines = client.stream_logs("exec_1", b"{}").unwrap();
    let events = client.stream_events("exec_1", None);
    for _ in 0..3 {
        assert_eq!(
            error_of(wait(lines.next(None)))["kind"],
            "resource_not_found"
        );
        assert_eq!(
            error_of(wait(events.next(None)))["kind"],
            "resource_not_found"
        );
    }
}

#[test]
fn an_answer_about_another_execution_is_refused() {
    let other = json!({"id": "exec_old", "status": "completed"});
    let (_runtime, server) = serving(ResponseTemplate::new(200).set_body_json(other));
    let client = client(&server.uri());
    let asked = [
        client.get_execution("exec_new", None),
        client.cancel_execution("exec_new", None),
        client.wait_for_completion("exec_new", None, None),
    ];
    for call in asked {
        let error = error_of(wait(call));
        assert_eq!(error["kind"], "decode", "{error}");
        assert!(
            error["message"].as_str().unwrap().contains("exec_old"),
            "{error}"
        );
    }
    let error = error_of(wait(client.stream_events("exec_new", None).next(None)));
    assert_eq!(error["kind"], "decode", "{error}");
}

#[test]
fn every_kind_has_a_code_and_a_number_of_its_own() {
    let kinds: Vec<_> = failure::kinds().collect();
    let codes: BTreeSet<_> = kinds.iter().map(|(code, _)| code).collect();
    let numbers: BTreeSet<_> = kinds.iter().map(|(_, number)| number).collect();
    assert_eq!(
        (codes.len(), numbers.len()),
        (ErrorKind::ALL.len(), ErrorKind::ALL.len())
    );
    assert!(numbers.iter().all(|number| **number > 0));
}

#[test]
fn a_panic_beneath_the_border_is_an_error_and_the_next_call_works() {
    let error = error_of(guard::call(|| -> Result<(), Error> {
        panic!("in {}", "the core")
    }));
    assert_eq!(error["kind"], "internal");
    assert!(
        error["message"].as_str().unwrap().contains("in the core"),
        "{error}"
    );
    let later = async { if true { panic!("later") } else { Ok(()) } };
    let error = error_of(wait(Box::pin(later)));
    assert_eq!(error["kind"], "internal");
    assert_eq!(guard::call(|| Ok(7)).unwrap(), 7);
}
