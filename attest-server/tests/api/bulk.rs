//! Many executions by one call.

use std::io::Write as _;
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::support::{Answer, TestServer, config, one_step, until};

const PATH: &str = "/v1/executions/bulk";

fn bulk(server: &TestServer, executions: &Value) -> Vec<Value> {
    let answer = server.call("POST", PATH, Some(&json!({ "executions": executions })));
    results(&answer)
}

fn results(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 207, "{}", answer.text());
    answer.json()["results"].as_array().unwrap().clone()
}

fn ids(results: &[Value]) -> Vec<&str> {
    let executions = results.iter().filter_map(|result| result.get("execution"));
    executions
        .map(|execution| execution["execution_id"].as_str().unwrap())
        .collect()
}

fn queued(server: &TestServer) -> Value {
    server.get("/v1/executions?sort=created_at:asc&limit=100")
}

#[test]
fn each_has_its_own_result_in_order_and_what_fails_stops_nothing() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let (good, gone) = (server.pipeline(one_step()), server.pipeline(one_step()));
    let archived = server.call("DELETE", &format!("/v1/pipelines/{gone}"), None);
    assert_eq!(archived.status, 204);
    let results = bulk(
        &server,
        &json!([
            {"pipeline_id": good, "environment": "staging", "variables": {"A": "1"}},
            {"pipeline_id": "pip_none"},
            {"pipeline_id": gone},
            {"pipeline_id": good, "version": 7},
            {"pipeline_id": good, "source": format!("tree:blake3:{}", "0".repeat(64))},
            {"pipeline_id": good, "environment": "production", "options": {"sign": false}},
        ]),
    );
    let told: Vec<_> = results
        .iter()
        .map(|result| {
            (
                &result["index"],
                &result["status"],
                &result["error"]["code"],
            )
        })
        .collect();
    assert_eq!(
        json!(told),
        json!([
            [0, 202, null],
            [1, 404, "RESOURCE_NOT_FOUND"],
            [2, 409, "CONFLICT"],
            [3, 400, "VALIDATION_ERROR"],
            [4, 400, "VALIDATION_ERROR"],
            [5, 202, null],
        ])
    );
    assert_eq!(results[3]["error"]["details"]["field"], "version");
    let one_of =
        |result: &Value| result.get("execution").is_some() != result.get("error").is_some();
    assert!(results.iter().all(one_of), "{results:?}");
    let seen = queued(&server);
    let environments: Vec<_> = seen["executions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|execution| &execution["environment"])
        .collect();
    assert_eq!(environments, ["staging", "production"]);
    let started = &results[5]["execution"];
    assert_eq!(started["pipeline_url"], format!("/v1/pipelines/{good}"));
    assert_eq!(started["status"], "queued");
}

#[test]
fn the_executions_queue_in_the_order_in_which_they_were_asked_for() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let id = server.pipeline(one_step());
    let wanted: Vec<_> = (0..100)
        .map(|n| json!({"pipeline_id": id, "environment": format!("e{n}")}))
        .collect();
    let results = bulk(&server, &json!(wanted));
    assert_eq!(ids(&results).len(), 100);
    let seen = queued(&server);
    let order: Vec<_> = seen["executions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|execution| execution["id"].as_str().unwrap())
        .collect();
    assert_eq!(order, ids(&results));
}

#[test]
fn none_and_more_than_a_hundred_are_refused_and_nothing_starts() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let item = json!({"pipeline_id": server.pipeline(one_step())});
    for executions in [json!([]), json!(vec![item; 101])] {
        let body = json!({ "executions": executions });
        let error = server.call("POST", PATH, Some(&body));
        let error = error.error(400, "VALIDATION_ERROR");
        assert_eq!(error["details"]["field"], "executions");
        assert!(
            error["details"]["issue"]
                .as_str()
                .unwrap()
                .contains("1 to 100"),
            "{error}"
        );
    }
    let absent = server.call("POST", PATH, Some(&json!({})));
    let absent = absent.error(400, "VALIDATION_ERROR");
    assert_eq!(absent["details"]["field"], "executions");
    assert_eq!(queued(&server)["total"], 0);
}

#[test]
fn a_request_that_cannot_be_read_is_refused_whole_naming_the_field() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let good = json!({"pipeline_id": server.pipeline(one_step())});
    for (bad, field) in [
        (
            json!({"pipeline_id": "p", "enviroment": "x"}),
            "executions[1].enviroment",
        ),
        (
            json!({"pipeline_id": "p", "options": {"sing": true}}),
            "executions[1].options.sing",
        ),
        (json!({"pipeline_id": 7}), "executions[1].pipeline_id"),
        (json!({"environment": "x"}), "executions[1].pipeline_id"),
        (json!("pip_1"), "executions[1]"),
        (Value::Null, "executions[1]"),
    ] {
        let body = json!({"executions": [good, bad, good]});
        let error = server.call("POST", PATH, Some(&body));
        let error = error.error(400, "VALIDATION_ERROR");
        assert_eq!(error["details"]["field"], field, "{error}");
    }
    let anonymous = [("Authorization", "")];
    let body = json!({"executions": [good]});
    server
        .call_with("POST", PATH, &anonymous, Some(&body))
        .error(401, "AUTHENTICATION_FAILED");
    assert_eq!(queued(&server)["total"], 0);
}

#[test]
fn a_repeat_under_one_key_starts_only_what_was_not_started() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let id = server.pipeline(one_step());
    let key = [("Idempotency-Key", "K")];
    let call = |executions: Value| {
        let body = json!({ "executions": executions });
        server.call_with("POST", PATH, &key, Some(&body))
    };
    let (one, two) = (
        json!({"pipeline_id": id, "environment": "one"}),
        json!({"pipeline_id": id, "environment": "two"}),
    );
    let bad = json!({"pipeline_id": "pip_none"});
    let first = call(json!([one, two, bad]));
    assert_eq!(first.header("idempotent-replayed"), None);
    let again = call(json!([one, two, bad]));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.body, again.body);
    assert_eq!(queued(&server)["total"], 2);

    // One more behind them is new; another in the place of one is refused, and it alone.
    let other = json!({"pipeline_id": id, "environment": "other"});
    let more = call(json!([one, other, two]));
    assert_eq!(more.header("idempotent-replayed"), None);
    let more = results(&more);
    let (first, second) = (results(&first), &more[1]);
    assert_eq!(more[0], first[0]);
    assert_eq!(
        (&second["status"], &second["error"]["code"]),
        (&json!(422), &json!("UNPROCESSABLE"))
    );
    assert_eq!(more[2]["status"], 202);
    assert!(!ids(&first).contains(&more[2]["execution"]["execution_id"].as_str().unwrap()));
    assert_eq!(queued(&server)["total"], 3);
}

#[test]
fn calls_at_once_under_one_key_start_each_execution_once() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let item = json!({"pipeline_id": server.pipeline(one_step())});
    let body = json!({"executions": vec![item; 20]});
    let key = [("Idempotency-Key", "at-once")];
    let answers: Vec<_> = std::thread::scope(|scope| {
        let call = || server.call_with("POST", PATH, &key, Some(&body)).body;
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(call)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(queued(&server)["total"], 20);
}

#[test]
fn a_client_that_hangs_up_gets_all_that_it_asked_for() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let item = json!({"pipeline_id": server.pipeline(one_step())});
    let body = json!({"executions": vec![item; 100]}).to_string();
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        server.key,
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    until("the first of them", || {
        (queued(&server)["total"] != 0).then_some(())
    });
    drop(stream);
    until("the last of them", || {
        (queued(&server)["total"] == 100).then_some(())
    });
}
