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

#[test]
fn what_cannot_be_used_is_named_by_its_place() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let key = server.get("/v1/keys")["keys"][0]["public_key"].clone();
    for (field, changed) in [
        ("trusted_keys[1]", json!({"trusted_keys": [key, "no key"]})),
        (
            "trusted_keys[1]",
            json!({"trusted_keys": [key, {"public_key": key, "signer": "x"}]}),
        ),
        (
            "trusted_keys[0].singer",
            json!({"trusted_keys": [{"public_key": key, "singer": "x"}]}),
        ),
        ("trusted_keys[0]", json!({"trusted_keys": [7]})),
        (
            "trusted_keys[0]",
            json!({"trusted_keys": [{"signer": "x"}]}),
        ),
        (
            "policies[1]",
            json!({"policies": ["require-success", "require-sucess"]}),
        ),
        ("policies[0]", json!({"policies": ["require-tests:"]})),
    ] {
        let mut body = json!({"receipt": {}});
        body.as_object_mut()
            .unwrap()
            .extend(changed.as_object().unwrap().clone());
        let answer = server.call("POST", "/v1/receipts/verify", Some(&body));
        let error = answer.error(400, "VALIDATION_ERROR");
        assert_eq!(error["details"]["field"], field, "{error}");
    }
    for keys in [
        json!([]),
        json!([key, key]),
        json!([{"public_key": key, "signer": null}]),
    ] {
        let body = json!({"receipt": {}, "trusted_keys": keys});
        assert_eq!(server.post("/v1/receipts/verify", &body)["valid"], false);
    }
}
