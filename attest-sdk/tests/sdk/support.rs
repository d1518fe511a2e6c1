//! A server made of prepared answers, and receipts signed by keys made here.

use std::time::SystemTime;

use attest_sdk::receipt::{Body, Execution, PlannedStep, Provenance, Step};
use attest_sdk::{AttestClient, Digest, SigningKey};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The body of a receipt of one step that exited with this code.
pub(crate) fn body(execution_id: &str, exit_code: i32) -> Body {
    let nothing = Digest::of(b"");
    let step = Step {
        name: "test".to_owned(),
        input_hash: nothing.into(),
        output_hash: nothing.into(),
        duration_secs: 1,
        exit_code,
        cache_hit: false,
        stdout: "hello\n".to_owned(),
        stderr: String::new(),
        capsule_hash: None,
    };
    let planned = PlannedStep {
        name: "test".to_owned(),
        needs: Vec::new(),
        command_hash: Digest::of(b"true").into(),
        inputs: Vec::new(),
        outputs: Vec::new(),
    };
    Body {
        schema_version: Some(3),
        pipeline_hash: nothing.into(),
        steps: vec![step],
        timestamp: SystemTime::now().into(),
        total_duration_secs: 1,
        attest_version: "0.1.0".to_owned(),
        causal_events: Vec::new(),
        causal_chain_hash: None,
        reproducibility: None,
        provenance: Some(Provenance {
            invocation_id: Some(execution_id.to_owned()),
            started_at: None,
            pipeline_name: Some("app".to_owned()),
            source: None,
            runner_os: "linux".to_owned(),
            runner_arch: "x86_64".to_owned(),
            ci: None,
            steps: vec![planned],
            artifacts: Vec::new(),
            execution: Some(Execution::Native),
        }),
        isolation: None,
    }
}

/// One published key.
pub(crate) fn published(key: &SigningKey, status: &str) -> Value {
    json!({"id": key.id().to_string(), "public_key": key.public_key().to_string(), "signer": "ci", "status": status})
}

/// Answers `GET` of this path.
pub(crate) async fn answer(server: &MockServer, at: &str, status: u16, body: impl Into<String>) {
    let template = ResponseTemplate::new(status).set_body_raw(body.into(), "application/json");
    Mock::given(method("GET"))
        .and(path(at))
        .respond_with(template)
        .mount(server)
        .await;
}

/// A server with one finished execution, `exec_1`, this receipt and these keys. It swears that all is well.
pub(crate) async fn server(receipt: &str, keys: &[Value]) -> MockServer {
    let server = MockServer::start().await;
    answer(
        &server,
        "/v1/executions/exec_1",
        200,
        r#"{"id": "exec_1", "status": "completed"}"#,
    )
    .await;
    answer(&server, "/v1/keys", 200, json!({"keys": keys}).to_string()).await;
    let oath =
        r#"{"signature_valid": true, "timestamp_valid": true, "chain_of_trust": "verified"}"#;
    let body = format!(r#"{{"receipt": {receipt}, "verification": {oath}}}"#);
    answer(&server, "/v1/executions/exec_1/receipt", 200, body).await;
    server
}

/// A client of that server with nothing else set.
pub(crate) fn client(server: &MockServer) -> AttestClient {
    AttestClient::new("attest_key_x", server.uri()).unwrap()
}

/// How often this path was asked for.
pub(crate) async fn asked(server: &MockServer, at: &str) -> usize {
    let requests = server.received_requests().await.unwrap();
    requests
        .iter()
        .filter(|request| request.url.path() == at)
        .count()
}
