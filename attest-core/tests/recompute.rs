//! Deriving a receipt's hashes again, in the workspaces that the independent tool left behind.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![cfg(feature = "fs")]

mod vectors;

use std::fs::{self, File};
use std::path::Path;

use attest_core::receipt::Receipt;
use attest_core::recompute::recompute;
use attest_core::trust::TrustStore;
use attest_core::verify::{CheckName, Recomputed, Status, Verifier};
use tempfile::TempDir;
use vectors::{fixed_now, read, read_json, vectors};

fn case(name: &str) -> (Receipt, TempDir) {
    let folder = vectors().join("receipts").join(name);
    let workspace = tempfile::tempdir().unwrap();
    tar::Archive::new(File::open(folder.join("workspace.tar")).unwrap())
        .unpack(workspace.path())
        .unwrap();
    (
        Receipt::parse(&read(&folder.join("receipt.yaml"))).unwrap(),
        workspace,
    )
}

fn mismatch(receipt: &Receipt, workspace: &Path) -> String {
    match recompute(receipt, workspace, None) {
        Recomputed::Mismatch(detail) => detail,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_receipt_of_the_tool_is_recomputed_in_its_workspace() {
    for name in [
        "basic",
        "cached",
        "weird",
        "unsigned",
        "wrapped",
        "wrapped-failed",
    ] {
        let folder = vectors().join("receipts").join(name);
        let (receipt, workspace) = case(name);
        let recomputed = recompute(&receipt, workspace.path(), None);
        let store = TrustStore::read_folder(&folder.join("trust")).unwrap();
        let verifier = Verifier::builder()
            .trust_store(store)
            .now(fixed_now())
            .policy("require-recompute")
            .unwrap()
            .build();
        let report = verifier.verify_with(&receipt, &recomputed.clone().into());
        let theirs = read_json(&folder.join("verdict.json"));
        let check = theirs["checks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|c| c["name"] == "recompute")
            .unwrap()
            .clone();
        assert_eq!(
            report.check(CheckName::Recompute).unwrap().status.as_str(),
            check["status"],
            "{name}: {recomputed:?}"
        );
        assert_eq!(
            report.valid,
            theirs["verdict"] == "pass",
            "{name}: {report:#?}"
        );
        assert!(
            !verifier.verify(&receipt).valid,
            "{name}: not recomputed does not meet require-recompute"
        );
    }
}

#[test]
fn a_changed_output_is_a_mismatch_that_names_step_and_file() {
    let (receipt, workspace) = case("basic");
    fs::write(workspace.path().join("out/app"), "other").unwrap();
    let detail = mismatch(&receipt, workspace.path());
    for part in [
        "step \"build\": output_hash",
        "artifact \"out/app\"",
        "step \"test\": input_hash",
    ] {
        assert!(detail.contains(part), "{detail}");
    }
}

#[test]
fn a_missing_file_is_a_mismatch() {
    let (receipt, workspace) = case("basic");
    fs::remove_file(workspace.path().join("out/app")).unwrap();
    assert!(mismatch(&receipt, workspace.path()).contains("out/app"));
}

#[test]
fn a_failed_step_is_hashed_over_the_outputs_that_exist() {
    let (receipt, workspace) = case("wrapped-failed");
    let mut body = receipt.body().clone();
    body.provenance.as_mut().unwrap().steps[0].outputs = vec!["never-made".to_owned()];
    let failed = body.clone().into_unsigned().unwrap();
    assert_eq!(
        recompute(&failed, workspace.path(), None),
        Recomputed::Match
    );
    body.steps[0].exit_code = 0;
    let succeeded = body.into_unsigned().unwrap();
    assert!(mismatch(&succeeded, workspace.path()).contains("never-made"));
}

#[test]
fn a_changed_artifact_digest_is_a_mismatch() {
    let (receipt, workspace) = case("weird");
    let mut body = receipt.body().clone();
    let artifacts = &mut body.provenance.as_mut().unwrap().artifacts;
    artifacts[0].digest = artifacts[1].digest.clone();
    artifacts[1].path = "out/nothing".to_owned();
    let detail = mismatch(&body.into_unsigned().unwrap(), workspace.path());
    assert!(
        detail.contains("z.out") && detail.contains("out/nothing"),
        "{detail}"
    );
}

#[test]
fn another_pipeline_is_a_mismatch_and_an_unreadable_one_a_failure() {
    let (receipt, workspace) = case("basic");
    let file = workspace.path().join("attest.yaml");
    let text = fs::read(&file).unwrap();
    let changed = [&text[..], b"env:\n  MORE: \"1\"\n"].concat();
    assert_eq!(
        recompute(&receipt, workspace.path(), Some(&text)),
        Recomputed::Match
    );
    match recompute(&receipt, workspace.path(), Some(&changed)) {
        Recomputed::Mismatch(detail) => {
            assert!(detail.starts_with("pipeline_hash differs"), "{detail}")
        }
        other => panic!("{other:?}"),
    }
    fs::remove_file(&file).unwrap();
    let failed = recompute(&receipt, workspace.path(), None);
    assert!(
        matches!(&failed, Recomputed::Failed(detail) if detail.contains("attest.yaml")),
        "{failed:?}"
    );
    let report = Verifier::builder()
        .build()
        .verify_with(&receipt, &failed.into());
    assert_eq!(
        report.check(CheckName::Recompute).unwrap().status,
        Status::Fail
    );
}
