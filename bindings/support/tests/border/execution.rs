//! A pipeline's life across the border, against the real server.

use std::time::Duration;

use attest_bindings_support::Client;
use attest_tests::{Server, server};
use serde_json::{Value, json};

use crate::support::{error_of, json_of, wait};

fn start() -> (Server, Client) {
    let server = Server::start(server::Options::default());
    let options = json!({"base_url": server.url(), "api_key": server.key()});
    let client = Client::new(options.to_string().as_bytes(), "attest-border/0").unwrap();
    (server, client)
}

fn pipeline(client: &Client, run: &str) -> String {
    let body = json!({"name": "border", "config": {"version": "1", "steps": [{"name": "test", "run": run}]}});
    let made = json_of(client.create_pipeline(body.to_string().as_bytes(), None));
    made["id"].as_str().unwrap().to_owned()
}

fn id_of(execution: &Value) -> &str {
    execution["id"].as_str().unwrap()
}

#[test]
fn a_run_is_started_listened_to_and_its_receipt_judged() {
    let (_server, client) = start();
    let id = pipeline(&client, "echo hello");
    assert_eq!(json_of(client.get_pipeline(&id, None))["name"], "border");
    let page = json_of(client.list_pipelines(br#"{"name": "border", "limit": 1}"#, None));
    assert_eq!(
        (&page["total"], &page["pipelines"][0]["id"]),
        (&json!(1), &json!(id))
    );

    let started = json_of(client.execute_pipeline(&id, br#"{"environment": "ci"}"#, None));
    assert_eq!(started["pipeline_id"], id);
    let (execution, known) = (id_of(&started), started["status"].as_str());
    let events = client.stream_events(execution, known);
    let mut told = Vec::new();
    while let Some(event) = wait(events.next(None)).unwrap() {
        let event: Value = serde_json::from_str(&event).unwrap();
        let what = event["status"]
            .as_str()
            .or(event["step"]["status"].as_str())
            .unwrap();
        told.push(format!("{} {what}", event["event"].as_str().unwrap()));
    }
    told.retain(|event| event != "status_changed running");
    assert!(told[0].starts_with("step_started "), "{told:?}");
    assert_eq!(
        told[1..],
        ["step_completed completed", "status_changed completed"]
    );

    let lines = client
        .stream_logs(execution, br#"{"stream": "stdout"}"#)
        .unwrap();
    let line: Value = serde_json::from_str(&wait(lines.next(None)).unwrap().unwrap()).unwrap();
    assert_eq!(
        (&line["step"], &line["message"]),
        (&json!("test"), &json!("hello"))
    );
    assert!(wait(lines.next(None)).unwrap().is_none());

    let over = json_of(client.wait_for_completion(execution, Some(Duration::MAX), None));
    assert_eq!(
        (&over["status"], &over["environment"]),
        (&json!("completed"), &json!("ci"))
    );
    assert_eq!(over, json_of(client.get_execution(execution, None)));
    let receipt = wait(client.get_receipt(execution, false, None)).unwrap();
    assert!(receipt.verify().unwrap());
    let report: Value = serde_json::from_str(&receipt.report().unwrap()).unwrap();
    assert_eq!(report["execution"]["outcome"], "success");
    assert!(
        receipt
            .server_verification()
            .unwrap()
            .unwrap()
            .contains("verified")
    );
}

#[test]
fn a_failed_run_is_a_result_and_its_receipt_is_valid_only_where_that_is_asked_for() {
    let (_server, client) = start();
    let id = pipeline(&client, "exit 3");
    let started = json_of(client.execute_pipeline(&id, b"{}", None));
    let over = json_of(client.wait_for_completion(id_of(&started), None, None));
    assert_eq!(
        (&over["status"], &over["exit_code"]),
        (&json!("failed"), &json!(3))
    );
    let judged = |allow| {
        let receipt = wait(client.get_receipt(id_of(&over), allow, None)).unwrap();
        receipt.verify().unwrap()
    };
    assert!(!judged(false) && judged(true));
}

#[test]
fn a_wait_that_takes_too_long_shows_what_it_saw_and_cancels_nothing() {
    let (_server, client) = start();
    let id = pipeline(&client, "sleep 600");
    let started = json_of(client.execute_pipeline(&id, b"{}", None));
    let execution = id_of(&started);
    let waited = client.wait_for_completion(execution, Some(Duration::from_millis(50)), None);
    let error = error_of(wait(waited));
    assert_eq!(
        (&error["kind"], &error["last_seen"]["id"]),
        (&json!("wait_timeout"), &json!(execution))
    );
    json_of(client.cancel_execution(execution, None));
    let over = json_of(client.wait_for_completion(execution, None, None));
    assert_eq!(over["status"], "cancelled");
}

#[test]
fn many_are_started_by_one_call_each_with_its_own_result() {
    let (_server, client) = start();
    let id = pipeline(&client, "true");
    let body = json!([
        {"pipeline_id": id, "environment": "staging"},
        {"pipeline_id": "pip_none"},
        {"pipeline_id": id, "options": {"sign": false}},
    ]);
    let answer = json_of(client.bulk_execute(body.to_string().as_bytes(), None));
    let results = answer["results"].as_array().unwrap();
    let places: Vec<_> = results.iter().map(|result| &result["index"]).collect();
    assert_eq!(json!(places), json!([0, 1, 2]));
    let (error, execution) = (&results[1]["error"], &results[2]["execution"]);
    assert_eq!(
        (&error["kind"], &error["status"]),
        (&json!("resource_not_found"), &json!(404))
    );
    assert!(
        error["request_id"].as_str().unwrap().starts_with("req_"),
        "{error}"
    );
    assert!(results[1].get("execution").is_none() && results[2].get("error").is_none());
    assert_eq!(execution["pipeline_id"], id);
    let over = json_of(client.wait_for_completion(id_of(execution), None, None));
    assert_eq!(over["status"], "completed");
    for (body, why) in [
        (json!([]), "1 to 100"),
        (json!(vec![json!({"pipeline_id": id}); 101]), "1 to 100"),
    ] {
        let error = error_of(wait(client.bulk_execute(body.to_string().as_bytes(), None)));
        assert_eq!(error["kind"], "validation_error");
        assert!(
            error["details"]["issue"].as_str().unwrap().contains(why),
            "{error}"
        );
    }
    assert!(json_of(client.cache_stats(None))["hit_rate"].is_number());
}
