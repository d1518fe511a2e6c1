//! What `receipt.verify()` believes, and what it does not.

use std::path::Path;

use crate::support::{asked, body, client, published, server};
use attest_sdk::export::Format;
use attest_sdk::verify::{CheckName, Status, TrustState};
use attest_sdk::{
    AttestClient, ClientBuilder, DsseOptions, ErrorKind, Receipt, ReceiptOptions, Report,
    SigningKey, TrustedKey,
};
use wiremock::MockServer;

fn key() -> SigningKey {
    SigningKey::generate().unwrap()
}

async fn receipt(client: &AttestClient) -> Receipt {
    client
        .executions()
        .get("exec_1")
        .await
        .unwrap()
        .get_receipt()
        .await
        .unwrap()
}

async fn report(client: &AttestClient) -> Report {
    let receipt = receipt(client).await;
    let report = receipt.report().unwrap();
    assert_eq!(receipt.verify().await.unwrap(), report.valid);
    report
}

fn failed(report: &Report, check: CheckName) -> &str {
    let found = report.check(check).unwrap();
    assert!(!report.valid && found.status == Status::Fail, "{report:#?}");
    &found.code
}

fn with(server: &MockServer, set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> AttestClient {
    let builder = AttestClient::builder()
        .base_url(server.uri())
        .api_key("attest_key_x");
    AttestClient::from_config(set(builder).build().unwrap()).unwrap()
}

#[tokio::test]
async fn a_receipt_signed_by_a_published_key_is_valid_and_says_whose_word_that_is() {
    let key = key();
    let json = body("exec_1", 0).sign(&key).unwrap().to_json();
    for status in ["active", "retired"] {
        let server = server(&json, &[published(&key, status)]).await;
        let report = report(&client(&server)).await;
        assert!(report.valid, "{report:#?}");
        assert_eq!(report.trust_material.state, TrustState::FetchedFromServer);
        assert!(report.trust_material.as_of.is_some());
        assert!(
            report
                .warnings
                .iter()
                .any(|warning| warning.code == "trust_from_server")
        );
    }
}

#[tokio::test]
async fn the_key_inside_the_receipt_and_the_servers_opinion_count_for_nothing() {
    let json = body("exec_1", 0).sign(&key()).unwrap().to_json();
    let server = server(&json, &[published(&key(), "active")]).await;
    let client = client(&server);
    assert_eq!(
        failed(&report(&client).await, CheckName::Trust),
        "signer_not_trusted"
    );
    let receipt = receipt(&client).await;
    assert!(
        receipt.server_verification().unwrap().signature_valid,
        "the server said otherwise"
    );
}

#[tokio::test]
async fn a_key_that_is_revoked_or_of_an_unknown_status_is_not_trusted() {
    let key = key();
    let json = body("exec_1", 0).sign(&key).unwrap().to_json();
    for (status, code) in [("revoked", "key_revoked"), ("frozen", "signer_not_trusted")] {
        let server = server(&json, &[published(&key, status)]).await;
        assert_eq!(
            failed(&report(&client(&server)).await, CheckName::Trust),
            code
        );
    }
}

#[tokio::test]
async fn a_valid_receipt_of_another_run_is_refused() {
    let key = key();
    let json = body("exec_2", 0).sign(&key).unwrap().to_json();
    let server = server(&json, &[published(&key, "active")]).await;
    assert_eq!(
        failed(&report(&client(&server)).await, CheckName::Binding),
        "invocation_id_mismatch"
    );
}

#[tokio::test]
async fn a_changed_receipt_is_refused() {
    let key = key();
    let json = body("exec_1", 0)
        .sign(&key)
        .unwrap()
        .to_json()
        .replacen("hello", "hullo", 1);
    let server = server(&json, &[published(&key, "active")]).await;
    assert_eq!(
        failed(&report(&client(&server)).await, CheckName::Signature),
        "signature_invalid"
    );
}

#[tokio::test]
async fn an_unsigned_receipt_is_refused() {
    let json = body("exec_1", 0).into_unsigned().unwrap().to_json();
    let server = server(&json, &[published(&key(), "active")]).await;
    assert_eq!(
        failed(&report(&client(&server)).await, CheckName::Signature),
        "unsigned"
    );
}

#[tokio::test]
async fn a_failed_run_passes_no_gate_unless_that_is_asked_for() {
    let key = key();
    let json = body("exec_1", 7).sign(&key).unwrap().to_json();
    let server = server(&json, &[published(&key, "active")]).await;
    let client = client(&server);
    let report = report(&client).await;
    assert!(!report.valid);
    assert_eq!(
        report.policy_compliance.violations[0].policy,
        "require-success"
    );
    assert!(report.signature_verification.valid && report.signature_verification.trusted);
    let execution = client.executions().get("exec_1").await.unwrap();
    let receipt = execution
        .get_receipt_with(ReceiptOptions { allow_failed: true })
        .await
        .unwrap();
    assert!(receipt.verify().await.unwrap());
}

#[tokio::test]
async fn the_clients_policies_come_on_top_of_require_success() {
    let key = key();
    let json = body("exec_1", 0).sign(&key).unwrap().to_json();
    let server = server(&json, &[published(&key, "active")]).await;
    let report = report(&with(&server, |builder| builder.policies(["step:deploy"]))).await;
    assert_eq!(
        report.policy_compliance.evaluated,
        ["require-success", "step:deploy"]
    );
    assert_eq!(report.policy_compliance.violations[0].policy, "step:deploy");
}

#[tokio::test]
async fn given_keys_are_the_only_ones_and_nobody_is_asked_for_others() {
    let (key, other) = (key(), key());
    let json = body("exec_1", 0).sign(&key).unwrap().to_json();
    let server = server(&json, &[published(&key, "active")]).await;
    let named = TrustedKey::Named {
        public_key: key.public_key().to_string(),
        signer: Some("me".to_owned()),
    };
    let report = report(&with(&server, |builder| builder.trusted_keys([named]))).await;
    assert!(report.valid && report.warnings.is_empty(), "{report:#?}");
    assert_eq!(report.trust_material.state, TrustState::Given);
    assert_eq!(report.signature_verification.signer.as_deref(), Some("me"));
    let given = TrustedKey::Key(other.public_key().to_string());
    let refused = self::report(&with(&server, |builder| builder.trusted_keys([given]))).await;
    assert_eq!(failed(&refused, CheckName::Trust), "signer_not_trusted");
    let nobody = self::report(&with(&server, |builder| builder.trusted_keys([]))).await;
    assert!(!nobody.valid);
    assert_eq!(asked(&server, "/v1/keys").await, 0);
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_are_an_error_and_never_a_false() {
    let json = body("exec_1", 0).sign(&key()).unwrap().to_json();
    let server = MockServer::start().await;
    crate::support::answer(
        &server,
        "/v1/executions/exec_1",
        200,
        r#"{"id": "exec_1", "status": "completed"}"#,
    )
    .await;
    let answer =
        format!(r#"{{"receipt": {json}, "verification": {{"chain_of_trust": "verified"}}}}"#);
    crate::support::answer(&server, "/v1/executions/exec_1/receipt", 200, answer).await;
    crate::support::answer(&server, "/v1/keys", 503, "{}").await;
    let execution = client(&server).executions().get("exec_1").await.unwrap();
    assert_eq!(
        execution.get_receipt().await.unwrap_err().status(),
        Some(503)
    );
}

#[tokio::test]
async fn keys_are_fetched_once_and_again_for_a_signer_they_do_not_have() {
    let key = key();
    let json = body("exec_1", 0).sign(&key).unwrap().to_json();
    let known = server(&json, &[published(&key, "active")]).await;
    let client_of_known = client(&known);
    for _ in 0..3 {
        assert!(receipt(&client_of_known).await.verify().await.unwrap());
    }
    assert_eq!(asked(&known, "/v1/keys").await, 1);
    let unknown = server(&json, &[published(&self::key(), "active")]).await;
    let client_of_unknown = client(&unknown);
    for _ in 0..2 {
        assert!(!receipt(&client_of_unknown).await.verify().await.unwrap());
    }
    assert_eq!(asked(&unknown, "/v1/keys").await, 2);
}

#[tokio::test]
async fn a_receipt_without_a_client_has_nobody_to_trust() {
    let json = body("exec_1", 0).sign(&key()).unwrap().to_json();
    let receipt = Receipt::parse(json.as_bytes()).unwrap();
    assert_eq!(
        receipt.verify().await.unwrap_err().kind(),
        ErrorKind::Config
    );
    assert_eq!(
        Receipt::parse(b"{").unwrap_err().kind(),
        ErrorKind::ReceiptFormat
    );
}

#[test]
fn a_key_or_a_policy_that_cannot_be_used_is_refused_where_the_client_is_built() {
    let builder = || {
        AttestClient::builder()
            .base_url("https://a.example")
            .api_key("k")
    };
    let bad_key = builder().trusted_keys([TrustedKey::Key("ed25519:nonsense".to_owned())]);
    for (builder, named) in [
        (bad_key, "nonsense"),
        (builder().policies(["require-luck"]), "require-luck"),
    ] {
        let error = AttestClient::from_config(builder.build().unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains(named), "{error}");
    }
}

#[tokio::test]
async fn a_receipt_that_is_signed_again_says_the_same_under_another_key_alone() {
    let (server, mine) = (key(), key());
    let first = Receipt::parse(
        body("exec_1", 0)
            .sign(&server)
            .unwrap()
            .to_json()
            .as_bytes(),
    )
    .unwrap();
    let second = first.sign(&mine).unwrap();
    assert_eq!((second.hash(), second.body()), (first.hash(), first.body()));
    assert_eq!(
        (first.signer(), second.signer()),
        (Some(server.id()), Some(mine.id()))
    );
    let judge = |key: &SigningKey, receipt: &[u8]| {
        let verifier = attest_sdk::Verifier::builder()
            .trusted_key(key.public_key())
            .unwrap()
            .policy("require-success")
            .unwrap()
            .build();
        verifier.verify_bytes(receipt).unwrap().valid
    };
    for text in [second.to_json(), second.to_yaml()] {
        assert!(judge(&mine, text.as_bytes()) && !judge(&server, text.as_bytes()));
    }
    assert_eq!(second.as_core().raw(), second.to_json().as_bytes());
    let error = second.verify().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "it has no verifier");
    // What a verifier would refuse is not signed.
    let mut old = first.body().clone();
    old.schema_version = Some(2);
    assert!(old.sign(&mine).is_err());
    let text = first
        .to_json()
        .replace(r#""schema_version":3,"#, r#""schema_version":2,"#);
    let older = Receipt::parse(text.as_bytes()).unwrap();
    assert_eq!(
        older.sign(&mine).unwrap_err().kind(),
        ErrorKind::ReceiptFormat
    );
}

#[tokio::test]
async fn an_export_is_the_same_bytes_as_in_every_language() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/provenance/golden");
    let key = SigningKey::read_file(&golden.join("key.pem")).unwrap();
    let receipt = Receipt::parse(&std::fs::read(golden.join("receipt.yaml")).unwrap()).unwrap();
    for format in Format::ALL {
        let options = DsseOptions {
            format,
            ..DsseOptions::default()
        };
        let text = receipt
            .to_dsse(golden.join("workspace"), &key, options)
            .await
            .unwrap();
        let expected = golden.join("basic").with_extension(format.ending());
        assert_eq!(text, std::fs::read_to_string(expected).unwrap());
    }
}

#[tokio::test]
async fn an_export_that_is_refused_has_the_kind_of_its_reason() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/provenance/golden");
    let own = SigningKey::read_file(&golden.join("key.pem")).unwrap();
    let receipt = Receipt::parse(&std::fs::read(golden.join("receipt.yaml")).unwrap()).unwrap();
    let failed =
        Receipt::parse(body("exec_1", 1).sign(&own).unwrap().to_json().as_bytes()).unwrap();
    for (receipt, key, folder, kind) in [
        (&failed, own.clone(), "workspace", ErrorKind::ReceiptFormat),
        (&receipt, key(), "workspace", ErrorKind::Config),
        (&receipt, own.clone(), "none", ErrorKind::Io),
    ] {
        let export = receipt.to_dsse(golden.join(folder), &key, DsseOptions::default());
        assert_eq!(export.await.unwrap_err().kind(), kind);
    }
}
