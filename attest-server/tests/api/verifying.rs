//! Asking the server for a verdict.

use serde_json::json;

use crate::support::{TestServer, config};

#[test]
fn more_policies_or_keys_than_anyone_needs_are_refused_before_any_work() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    for (field, body) in [
        (
            "policies",
            json!({"receipt": {}, "policies": vec!["require-success"; 101]}),
        ),
        (
            "trusted_keys",
            json!({"receipt": {}, "trusted_keys": vec!["x"; 1001]}),
        ),
    ] {
        let answer = server.call("POST", "/v1/receipts/verify", Some(&body));
        let error = answer.error(400, "VALIDATION_ERROR");
        assert_eq!(error["details"]["field"], field);
    }
    let answer = server.call(
        "POST",
        "/v1/receipts/verify",
        Some(&json!({"receipt": {}, "policies": vec!["require-success"; 100]})),
    );
    assert_eq!(answer.json()["valid"], false);
}
