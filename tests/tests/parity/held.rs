//! A receipt held against a workspace and a file in it: the same report, to the byte, in every language.

use std::fs;
use std::path::{Path, PathBuf};

use attest_tests::parity::differences;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{NOW, drivers, rust, vectors, write};

/// How a workspace is left, and the codes of the checks `recompute` and `artifacts`.
const WORKSPACES: [(&str, &str, &str); 3] = [
    ("whole", "ok", "ok"),
    ("changed", "recompute_mismatch", "file_not_attested"),
    ("without a pipeline", "recompute_failed", "ok"),
];

#[test]
fn every_language_holds_a_receipt_against_a_recomputation_alike() {
    let folder = TempDir::new().unwrap();
    let basic = vectors().join("basic");
    let receipts = [basic.join("receipt.yaml")];
    let options = [&[][..], &["require-recompute", "require-success"]].map(|policies| {
        let name = format!("{}-policies.json", policies.len());
        let options = json!({"trust_store": basic.join("trust"), "now": NOW, "policies": policies});
        (policies, write(folder.path(), &name, &options))
    });
    let cases: Vec<_> = WORKSPACES
        .iter()
        .map(|(name, recompute, artifacts)| {
            let workspace = workspace(folder.path(), name);
            (workspace, *recompute, *artifacts)
        })
        .collect();

    let drivers = drivers("every_language_holds_a_receipt_against_a_recomputation_alike");
    for (workspace, recompute, artifacts) in &cases {
        for (policies, options) in &options {
            let expected = rust().held(options, workspace, &receipts);
            assert_eq!(expected.len(), receipts.len());
            for verdict in expected.values() {
                let report: Value = serde_json::from_str(verdict).unwrap();
                assert_eq!(code(&report, "recompute"), *recompute, "{report}");
                assert_eq!(code(&report, "artifacts"), *artifacts, "{report}");
                let met = policies.is_empty() || *recompute == "ok";
                assert_eq!(report["policy_compliance"]["passed"], met, "{report}");
                let both = (*recompute, *artifacts) == ("ok", "ok");
                assert_eq!(report["valid"], both, "{report}");
            }
            for driver in &drivers {
                let found = driver.held(options, workspace, &receipts);
                let wrong = differences(&expected, &found);
                assert!(wrong.is_empty(), "{}: {wrong:#?}", driver.language);
            }
        }
    }
    let languages: Vec<&str> = drivers.iter().map(|d| d.language.as_str()).collect();
    println!(
        "\nHeld against {} workspaces, byte by byte as Rust's: {}",
        cases.len(),
        languages.join(", ")
    );
}

fn code(report: &Value, name: &str) -> String {
    let checks = report["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == name).unwrap();
    check["code"].as_str().unwrap().to_owned()
}

/// The source and the outputs of the receipt, left as the name says.
fn workspace(folder: &Path, name: &str) -> PathBuf {
    let workspace = folder.join(name);
    let archive = fs::File::open(vectors().join("basic/workspace.tar")).unwrap();
    tar::Archive::new(archive).unpack(&workspace).unwrap();
    match name {
        "changed" => fs::write(workspace.join("out/app"), "other").unwrap(),
        "without a pipeline" => fs::remove_file(workspace.join("attest.yaml")).unwrap(),
        _ => {}
    }
    workspace
}
