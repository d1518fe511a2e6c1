//! The receipt says what happened, and holds.

use attest_core::digest::Digest;
use attest_core::key::PublicKey;
use attest_core::receipt::Receipt;
use attest_core::verify::{Outcome, Report, Verifier};
use serde_json::{Value, json};

use crate::Workshop;

fn receipt(shop: &Workshop, execution: &Value) -> (Receipt, Value) {
    let answer = shop.server.get(&format!(
        "/v1/executions/{}/receipt",
        execution["id"].as_str().unwrap()
    ));
    (
        Receipt::parse(answer["receipt"].to_string().as_bytes()).unwrap(),
        answer,
    )
}

fn judged(shop: &Workshop, receipt: &Receipt) -> Report {
    let keys = shop.server.get("/v1/keys");
    let key = PublicKey::parse(keys["keys"][0]["public_key"].as_str().unwrap()).unwrap();
    Verifier::builder()
        .trusted_key(key)
        .unwrap()
        .build()
        .verify(receipt)
}

#[test]
fn a_receipt_verifies_offline_and_names_what_was_read_run_and_written() {
    let shop = Workshop::new(&[("src/a.txt", "A"), ("src/b.txt", "B")]);
    let ended = shop.run_with(
        json!([
            {"name": "join", "run": "mkdir out; cat src/* > out/all; ln -s all out/link; echo done; echo note >&2",
             "inputs": ["src/"], "outputs": ["out/"]},
        ]),
        &json!({"environment": "production", "source_info": {"commit": "abc", "branch": "main"}}),
    );
    let (receipt, answer) = receipt(&shop, &ended);
    let report = judged(&shop, &receipt);
    assert!(report.valid, "{report:?}");
    assert_eq!(report.execution.outcome, Outcome::Success);
    assert_eq!(
        answer["verification"],
        json!({"signature_valid": true, "timestamp_valid": true, "chain_of_trust": "verified"})
    );
    let body = receipt.body();
    let provenance = body.provenance.as_ref().unwrap();
    assert_eq!(provenance.invocation_id.as_deref(), ended["id"].as_str());
    assert_eq!(provenance.source.as_ref().unwrap().commit, "abc");
    assert_eq!(
        (body.steps[0].stdout.as_str(), body.steps[0].stderr.as_str()),
        ("done\n", "note\n")
    );
    let artifacts: Vec<_> = provenance
        .artifacts
        .iter()
        .map(|a| (a.path.as_str(), a.kind.as_str()))
        .collect();
    assert_eq!(artifacts, [("out/all", "file"), ("out/link", "symlink")]);
    assert_eq!(
        provenance.artifacts[0].digest.valid(),
        Some(&Digest::of(b"AB"))
    );
    let id = ended["id"].as_str().unwrap();
    let text = shop
        .server
        .call("GET", &format!("/v1/executions/{id}/pipeline.yaml"), None)
        .text();
    assert_eq!(
        body.pipeline_hash.valid(),
        Some(&Digest::of(text.as_bytes()))
    );
    assert_eq!(ended["receipt_hash"], receipt.hash().to_string());
    let yaml = shop.server.call(
        "GET",
        &format!("/v1/executions/{id}/receipt?format=yaml"),
        None,
    );
    assert_eq!(Receipt::parse(&yaml.body).unwrap(), receipt);
    let isolation = body.isolation.as_ref().unwrap();
    let controls: Vec<_> = isolation.controls.iter().map(|c| c.name.as_str()).collect();
    let expected = [
        "network",
        "filesystem",
        "capabilities",
        "environment",
        "memory",
        "open-files",
        "cpu",
        "timeout",
        "inputs",
        "undeclared-files",
    ];
    assert_eq!(controls, expected);
}

#[test]
fn the_receipt_of_a_failed_run_is_authentic_and_says_so() {
    let shop = Workshop::new(&[]);
    let ended = shop.run(json!([
        {"name": "test", "run": "echo broken; exit 3"},
        {"name": "build", "run": "true", "needs": ["test"]},
    ]));
    let (receipt, _) = receipt(&shop, &ended);
    let report = judged(&shop, &receipt);
    assert!(report.valid);
    assert_eq!(report.execution.outcome, Outcome::Failure);
    assert_eq!(receipt.body().steps.len(), 1, "a skipped step did not run");
    assert_eq!(receipt.body().provenance.as_ref().unwrap().steps.len(), 2);
}

#[test]
fn the_servers_verdict_is_the_cores() {
    let shop = Workshop::new(&[]);
    let ended = shop.run(json!([{"name": "a", "run": "true"}]));
    let (_, answer) = receipt(&shop, &ended);
    let ask = |body: Value| shop.server.post("/v1/receipts/verify", &body);
    let good = ask(json!({"receipt": answer["receipt"], "policies": ["require-success"]}));
    assert_eq!(
        (&good["valid"], &good["signature_verification"]["signer"]),
        (&json!(true), &json!("attest-server"))
    );
    let nobody = ask(json!({"receipt": answer["receipt"], "trusted_keys": []}));
    assert_eq!(nobody["valid"], false);
    let mut forged = answer["receipt"].clone();
    forged["steps"][0]["exit_code"] = json!(1);
    assert_eq!(
        ask(json!({"receipt": forged}))["signature_verification"]["valid"],
        false
    );
    let refused = shop.server.call(
        "POST",
        "/v1/receipts/verify",
        Some(&json!({"receipt": {}, "policies": ["no-such"]})),
    );
    assert_eq!(
        refused.error(400, "VALIDATION_ERROR")["details"]["field"],
        "policies[0]"
    );
}

#[test]
fn without_sign_the_receipt_is_there_and_unsigned() {
    let shop = Workshop::new(&[]);
    let ended = shop.run_with(
        json!([{"name": "a", "run": "true"}]),
        &json!({"options": {"sign": false}}),
    );
    let (receipt, answer) = receipt(&shop, &ended);
    assert!(receipt.signature().is_none());
    assert_eq!(answer["verification"]["chain_of_trust"], "unsigned");
    assert!(!judged(&shop, &receipt).valid);
}

#[test]
fn a_step_with_thousands_of_outputs_lists_its_directories() {
    let shop = Workshop::new(&[]);
    let ended = shop.run(json!([
        {"name": "many", "run": "mkdir -p d; i=0; while [ $i -lt 2001 ]; do : > d/$i; i=$((i+1)); done; echo x > one",
         "outputs": ["d/", "one"]},
    ]));
    let (receipt, _) = receipt(&shop, &ended);
    let artifacts = &receipt.body().provenance.as_ref().unwrap().artifacts;
    let listed: Vec<_> = artifacts
        .iter()
        .map(|a| (a.path.as_str(), a.kind.as_str()))
        .collect();
    assert_eq!(listed, [("d", "directory"), ("one", "file")]);
    let all = shop.server.get(&format!(
        "/v1/executions/{}/artifacts",
        ended["id"].as_str().unwrap()
    ));
    assert_eq!(all["artifacts"].as_array().unwrap().len(), 2002);
    assert!(judged(&shop, &receipt).valid);
}

#[test]
fn artifacts_are_served_as_bytes_with_their_digest() {
    let shop = Workshop::new(&[]);
    let ended = shop.run(json!([
        {"name": "a", "run": "mkdir 'o t'; printf '<script>' > 'o t/x.html'; ln -s x.html 'o t/l'", "outputs": ["o t"]},
    ]));
    let id = ended["id"].as_str().unwrap();
    let file = shop.server.call(
        "GET",
        &format!("/v1/executions/{id}/artifacts/o%20t/x.html"),
        None,
    );
    assert_eq!((file.status, file.text().as_str()), (200, "<script>"));
    assert_eq!(
        file.header("etag"),
        Some(format!("\"{}\"", Digest::of(b"<script>")).as_str())
    );
    assert_eq!(
        file.header("content-type"),
        Some("application/octet-stream")
    );
    assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
    let link = shop.server.call(
        "GET",
        &format!("/v1/executions/{id}/artifacts/o%20t/l"),
        None,
    );
    assert_eq!(link.text(), "x.html");
    for path in ["none", "../../admin-key", "%2e%2e/admin-key", "o%20t"] {
        let answer = shop.server.call(
            "GET",
            &format!("/v1/executions/{id}/artifacts/{path}"),
            None,
        );
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[test]
fn a_damaged_output_is_never_served() {
    let shop = Workshop::new(&[]);
    let ended = shop.run(json!([{"name": "a", "run": "echo content > out", "outputs": ["out"]}]));
    let hex = Digest::of(b"content\n").hex();
    let blob = find(&shop.data.path().join("blobs"), &hex).unwrap();
    std::fs::remove_file(&blob).unwrap();
    std::fs::write(&blob, "changed\n").unwrap();
    let answer = shop.server.call(
        "GET",
        &format!(
            "/v1/executions/{}/artifacts/out",
            ended["id"].as_str().unwrap()
        ),
        None,
    );
    assert_eq!(
        answer.error(404, "RESOURCE_NOT_FOUND")["details"]["reason"],
        "damaged"
    );
}

fn find(dir: &std::path::Path, hex: &str) -> Option<std::path::PathBuf> {
    std::fs::read_dir(dir).unwrap().flatten().find_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return find(&path, hex);
        }
        let name = path.file_name()?.to_str()?.to_owned();
        hex.ends_with(&name).then_some(path)
    })
}

#[test]
fn what_has_an_etag_is_not_sent_twice() {
    let shop = Workshop::new(&[]);
    let ended = shop.run(json!([{"name": "a", "run": "echo x > out", "outputs": ["out"]}]));
    let path = format!(
        "/v1/executions/{}/artifacts/out",
        ended["id"].as_str().unwrap()
    );
    let first = shop.server.call("GET", &path, None);
    let tag = first.header("etag").unwrap();
    let again = shop
        .server
        .call_with("GET", &path, &[("If-None-Match", tag)], None);
    assert_eq!(
        (again.status, again.body.len(), again.header("etag")),
        (304, 0, Some(tag))
    );
    assert_eq!(
        shop.server
            .call_with("GET", &path, &[("If-None-Match", "\"other\"")], None)
            .status,
        200
    );
}

/// Overwrites every stored copy of `content\n`.
const VANDAL: &str = r#"
for blob in $(find "$BLOBS" -type f); do
    if [ "$(cat "$blob")" = content ]; then chmod u+w "$blob"; echo changed > "$blob"; fi
done"#;

#[test]
fn an_output_that_changed_in_the_store_stops_the_receipt() {
    let shop = Workshop::new(&[]);
    let blobs = shop.data.path().join("blobs");
    let ended = shop.run(json!([
        {"name": "a", "run": "echo content > out", "outputs": ["out"]},
        {"name": "b", "run": "true", "needs": ["a"]},
        {"name": "vandal", "run": VANDAL, "env": {"BLOBS": blobs}, "needs": ["b"]},
    ]));
    assert_eq!(
        (&ended["status"], &ended["exit_code"]),
        (&json!("failed"), &json!(125)),
        "{ended}"
    );
    assert_eq!(ended["failure"]["reason"], "verification_failed");
    let path = format!("/v1/executions/{}/receipt", ended["id"].as_str().unwrap());
    let none = shop.server.call("GET", &path, None);
    assert_eq!(
        none.error(404, "RESOURCE_NOT_FOUND")["details"]["reason"],
        "verification_failed"
    );
}

#[test]
fn without_verify_outputs_are_not_hashed_again() {
    let shop = Workshop::new(&[]);
    let blobs = shop.data.path().join("blobs");
    let steps = json!([
        {"name": "a", "run": "echo content > out", "outputs": ["out"]},
        {"name": "vandal", "run": VANDAL, "env": {"BLOBS": blobs}},
    ]);
    // Side by side the two may miss each other; what counts is that the run stands.
    let ended = shop.run_with(steps, &json!({"options": {"verify": false}}));
    assert_eq!(ended["status"], "completed", "{ended}");
}

#[test]
fn values_that_no_process_can_be_given_fail_clearly() {
    let shop = Workshop::new(&[]);
    let pipeline = shop.server.pipeline(json!([{"name": "a", "run": "true"}]));
    let body = json!({"variables": {"A": "x\u{0}y"}});
    let refused = shop.server.call(
        "POST",
        &format!("/v1/pipelines/{pipeline}/executions"),
        Some(&body),
    );
    assert_eq!(
        refused.error(400, "VALIDATION_ERROR")["details"]["field"],
        "variables.A"
    );
}
