//! What a receipt is held against beside what it says: a recomputation, and files at hand.

use std::path::Path;
use std::process::Command;

use attest_bindings_support::{Receipt, Verifier, manifest, recompute};
use attest_tests::binary;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::error_of;

fn basic(name: &str) -> std::path::PathBuf {
    binary::vectors().join("receipts/basic").join(name)
}

fn text() -> Vec<u8> {
    std::fs::read(basic("receipt.yaml")).unwrap()
}

/// The source and the outputs that the receipt is about.
fn workspace() -> TempDir {
    let folder = TempDir::new().unwrap();
    let unpacked = Command::new("tar")
        .arg("-xf")
        .arg(basic("workspace.tar"))
        .arg("-C")
        .arg(folder.path())
        .status();
    assert!(unpacked.unwrap().success());
    folder
}

fn verifier(policies: &[&str]) -> Verifier {
    let options =
        json!({"trust_store": basic("trust"), "now": "2030-01-01T00:00:00Z", "policies": policies});
    Verifier::new(options.to_string().as_bytes()).unwrap()
}

/// The evidence that recomputing in this folder makes, with the answer as it came.
fn recomputed(workspace: &Path) -> Vec<u8> {
    let receipt = Receipt::parse(&text()).unwrap();
    let answer = recompute(&receipt, workspace, None, None).unwrap();
    format!("{{\"recomputed\":{answer}}}").into_bytes()
}

/// The report on the receipt, which is the same of its bytes and of a receipt that was read.
fn report(policies: &[&str], evidence: Option<&[u8]>) -> Value {
    let (verifier, text) = (verifier(policies), text());
    let receipt = Receipt::parse(&text).unwrap();
    let report = verifier.report(&text, evidence).unwrap();
    assert_eq!(verifier.report_of(&receipt, evidence).unwrap(), report);
    let report: Value = serde_json::from_str(&report).unwrap();
    let valid = report["valid"].as_bool().unwrap();
    assert_eq!(verifier.verify(&text, evidence).unwrap(), valid);
    assert_eq!(verifier.verify_of(&receipt, evidence).unwrap(), valid);
    report
}

fn check(report: &Value, name: &str) -> (String, String) {
    let checks = report["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == name).unwrap();
    let text = |member: &str| check[member].as_str().unwrap().to_owned();
    (text("code"), text("detail"))
}

#[test]
fn require_recompute_is_met_by_a_match_alone() {
    let folder = workspace();
    let policy = &["require-recompute"][..];
    let met = report(policy, Some(&recomputed(folder.path())));
    assert_eq!(met["valid"], true, "{met}");
    assert_eq!(check(&met, "recompute").0, "ok");

    let none = report(policy, None);
    assert_eq!(none["valid"], false);
    assert_eq!(check(&none, "recompute").0, "not_asked");
    let violation = &none["policy_compliance"]["violations"][0];
    assert_eq!(violation["code"], "not_recomputed");
    assert_eq!(report(policy, Some(b"{}")), none, "as good as no evidence");

    std::fs::write(folder.path().join("out/app"), "other").unwrap();
    let differs = report(policy, Some(&recomputed(folder.path())));
    std::fs::remove_file(folder.path().join("attest.yaml")).unwrap();
    let failed = report(policy, Some(&recomputed(folder.path())));
    for (found, code, named) in [
        (&differs, "recompute_mismatch", "out/app"),
        (&failed, "recompute_failed", "attest.yaml"),
    ] {
        assert_eq!(found["valid"], false);
        let (said, detail) = check(found, "recompute");
        assert_eq!(said, code);
        assert!(detail.contains(named), "{detail}");
        let violation = &found["policy_compliance"]["violations"][0];
        assert_eq!(violation["code"], "not_recomputed");
    }
}

#[test]
fn a_recomputation_that_differs_is_no_valid_receipt_without_any_policy() {
    for status in ["mismatch", "failed"] {
        for detail in [json!("why"), Value::Null] {
            let evidence = json!({"recomputed": {"status": status, "detail": detail}});
            let found = report(&[], Some(evidence.to_string().as_bytes()));
            assert_eq!(found["valid"], false, "{evidence}");
            let (code, said) = check(&found, "recompute");
            assert_eq!(code, format!("recompute_{status}"));
            assert_eq!(said, detail.as_str().unwrap_or_default());
        }
    }
}

#[test]
fn every_file_at_hand_has_to_be_attested() {
    let folder = workspace();
    let app = manifest::digest(&std::fs::read(folder.path().join("out/app")).unwrap());
    let files = |files: Value| json!({ "files": files }).to_string().into_bytes();
    let held = report(&[], Some(&files(json!({ "app": app }))));
    assert_eq!(held["valid"], true, "{held}");
    assert_eq!(check(&held, "artifacts").0, "ok");
    let other = json!({"z": manifest::digest(b"z"), "app": app, "b": manifest::digest(b"b")});
    let other = report(&[], Some(&files(other)));
    let (code, detail) = check(&other, "artifacts");
    assert_eq!(
        (other["valid"].as_bool(), &*code),
        (Some(false), "file_not_attested")
    );
    assert!(detail.contains("\"b\""), "the first by name: {detail}");
}

#[test]
fn evidence_that_cannot_be_used_is_an_error_that_names_it() {
    for (evidence, named) in [
        (json!([]), "a JSON object"),
        (json!("match"), "a JSON object"),
        (json!({"recompute": {"status": "match"}}), "`recompute`"),
        (json!({"recomputed": null}), "`recomputed`"),
        (json!({"recomputed": "match"}), "`recomputed`"),
        (json!({"recomputed": {}}), "status"),
        (
            json!({"recomputed": {"status": "matched", "detail": null}}),
            "expected one of `match`, `mismatch`, `failed`",
        ),
        (
            json!({"recomputed": {"status": "match", "extra": 1}}),
            "`recomputed.extra`",
        ),
        (json!({"files": null}), "`files`"),
        (json!({"files": ["a"]}), "`files`"),
        (json!({"files": {"a/b": null}}), "`files.a/b`"),
        (json!({"files": {"a/b": ""}}), "a/b"),
        (json!({"files": {"a/b": "blake3:zz"}}), "a/b"),
    ] {
        let given = evidence.to_string();
        let error = error_of(verifier(&[]).report(&text(), Some(given.as_bytes())));
        assert_eq!(error["kind"], "config", "{evidence}");
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains("the evidence") && message.contains(named),
            "{named}: {message}"
        );
    }
    let error = error_of(verifier(&[]).verify(&text(), Some(b"")));
    assert_eq!(error["kind"], "config", "empty is no evidence, and said so");
}
