//! Who gets in.

use serde_json::Value;

use crate::support::{TestServer, config};

#[test]
fn without_a_credential_only_the_public_endpoints_answer() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let none = [("Authorization", "")];
    for path in ["/healthz", "/readyz", "/v1/keys"] {
        assert_eq!(
            server.call_with("GET", path, &none, None).status,
            200,
            "{path}"
        );
    }
    for path in [
        "/v1/pipelines",
        "/v1/executions",
        "/v1/executions/exec_x/receipt",
        "/v1/system",
    ] {
        let refused = server.call_with("GET", path, &none, None);
        refused.error(401, "AUTHENTICATION_FAILED");
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    }
}

#[test]
fn a_wrong_credential_is_refused_whatever_its_form() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let other = tempfile::tempdir().unwrap();
    let stranger = TestServer::start(config(other.path())).key.clone();
    let bearer = |key: &str| format!("Bearer {key}");
    let basic = format!("Basic {}", server.key);
    let cut = bearer(&server.key[..server.key.len() - 1]);
    for credential in [
        bearer(&stranger),
        basic,
        cut,
        bearer(""),
        "Bearer".to_owned(),
        bearer("eyJhbGciOiJub25lIn0.e30."),
    ] {
        let refused = server.call_with(
            "GET",
            "/v1/pipelines",
            &[("Authorization", &credential)],
            None,
        );
        let error = refused.error(401, "AUTHENTICATION_FAILED");
        assert!(
            !error.to_string().contains(&stranger),
            "no error repeats a credential"
        );
    }
}

#[test]
fn guessing_is_stopped_after_twenty_failures_a_minute() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let mut last = 401;
    // A minute may begin in between, but not twice.
    for _ in 0..42 {
        let refused = server.call_with(
            "GET",
            "/v1/pipelines",
            &[("Authorization", "Bearer attest_key_guess")],
            None,
        );
        last = refused.status;
        if last == 429 {
            let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=60).contains(&seconds));
            break;
        }
    }
    assert_eq!(last, 429);
    // Nor can a stranger on the same address keep out whoever holds a key.
    assert_eq!(server.get("/v1/system")["status"], Value::Null);
}

#[test]
fn the_signing_key_is_published_without_its_private_half() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(attest_server::Config {
        signer: "ci@example.com".into(),
        ..config(data.path())
    });
    let keys = server.get("/v1/keys");
    let key = &keys["keys"][0];
    assert_eq!(key["status"], "active");
    assert_eq!(key["signer"], "ci@example.com");
    assert!(key["public_key"].as_str().unwrap().starts_with("ed25519:"));
    assert_eq!(key["revoked_at"], Value::Null);
    assert_eq!(key["id"].as_str().unwrap().len(), 32);
}
