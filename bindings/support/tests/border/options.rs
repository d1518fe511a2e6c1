//! A client's options: what is unknown or out of range is refused by its name.

use attest_bindings_support::{Client, Error};
use serde_json::{Value, json};

use crate::support::error_of;

fn made(changed: &Value) -> Result<Client, Error> {
    let mut options = json!({"base_url": "https://a.example", "api_key": "hunter2"});
    let all = options.as_object_mut().unwrap();
    all.extend(changed.as_object().unwrap().clone());
    Client::new(options.to_string().as_bytes(), "attest-border/0")
}

#[test]
fn every_option_is_taken() {
    made(&json!({
        "allow_insecure_http": true,
        "connect_timeout_ms": 1,
        "attempt_timeout_ms": 1500.5,
        "idle_timeout_ms": 86_400_000,
        "headers": {"x-team": "build"},
        "user_agent_suffix": "app/1",
        "proxy": "http://proxy.example:3128",
        "trusted_keys": [],
        "policies": ["require-tests:unit,allow-cached"],
    }))
    .unwrap();
    made(&json!({"api_key": null, "token": "t"})).unwrap();
    made(&json!({"api_key": null, "anonymous": true})).unwrap();
}

#[test]
fn an_option_that_cannot_be_used_is_named() {
    for (changed, named) in [
        (json!({"base_ulr": "x"}), "`base_ulr`"),
        (json!({"base_url": 7}), "`base_url`"),
        (json!({"base_url": "http://a.example"}), "http://a.example"),
        (json!({"token": "t"}), "exactly one"),
        (json!({"connect_timeout_ms": 0}), "connect"),
        (json!({"attempt_timeout_ms": -1}), "attempt_timeout -1 ms"),
        (json!({"idle_timeout_ms": 86_400_001}), "idle"),
        (json!({"idle_timeout_ms": 1e300}), "idle_timeout"),
        (json!({"idle_timeout_ms": "1"}), "`idle_timeout_ms`"),
        (json!({"headers": {"authorization": "x"}}), "authorization"),
        (json!({"headers": {"x": 7}}), "`headers.x`"),
        (json!({"user_agent_suffix": ""}), ""),
        (json!({"user_agent_suffix": "é"}), "user agent"),
        (json!({"ca_bundle": "none"}), "CA bundle"),
        (
            json!({"headers": "hunter2: it is a secret"}),
            "expected a map",
        ),
        (json!({"trusted_keys": null}), "`trusted_keys`"),
        (json!({"trusted_keys": ["no key"]}), "no key"),
        (
            json!({"trusted_keys": [{"public_key": "x", "singer": "y"}]}),
            "`trusted_keys[0].singer`",
        ),
        (json!({"policies": ["require-sucess"]}), "require-sucess"),
    ] {
        let made = made(&changed);
        if named.is_empty() {
            continue;
        }
        let error = error_of(made);
        let message = error["message"].as_str().unwrap();
        assert_eq!(error["kind"], "config", "{changed}");
        assert!(message.contains(named), "{named}: {message}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

#[test]
fn the_environment_that_a_language_passes_is_the_one_that_counts() {
    let url = json!({"base_url": null, "api_key": null});
    let with = |environment: Value| {
        let mut options = url.clone();
        options["environment"] = environment;
        made(&options)
    };
    with(json!({"ATTEST_BASE_URL": "https://a.example", "ATTEST_API_KEY": "x"})).unwrap();
    let error = error_of(with(json!({})));
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("ATTEST_BASE_URL"),
        "{error}"
    );
    let both =
        json!({"ATTEST_BASE_URL": "https://a.example", "ATTEST_API_KEY": "x", "ATTEST_TOKEN": "y"});
    assert!(
        error_of(with(both))["message"]
            .as_str()
            .unwrap()
            .contains("exactly one")
    );
}

#[test]
fn what_is_no_object_is_refused() {
    for bytes in [
        &b""[..],
        b"[]",
        b"null",
        b"{} {}",
        b"{",
        b"\xff",
        b"{\"api_key\": \"\xff\"}",
    ] {
        let error = error_of(Client::new(bytes, "attest-border/0"));
        assert_eq!(error["kind"], "config");
        let message = error["message"].as_str().unwrap();
        assert!(message.starts_with("the client's options"), "{message}");
    }
}
