//! `attest verify` and `attest hash` give the verdicts and hashes of the shared vectors.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use attest_tests::command::{Finished, finish};
use attest_tests::{attest, binary};
use serde_json::Value;
use tempfile::TempDir;

const COMPARED_CHECKS: [&str; 4] = ["schema", "consistency", "signature", "recompute"];

fn json_file(path: &Path) -> Value {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn unpack(archive: &Path) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = tar::Archive::new(fs::File::open(archive).unwrap());
    // The vectors hold links that lead out of the tree on purpose; the directory is fresh and thrown away.
    for entry in archive.entries().unwrap() {
        entry.unwrap().unpack_in(dir.path()).unwrap();
    }
    dir
}

fn verify(receipt: &Path, trust: &Path, more: &[&str]) -> Finished {
    let mut command = attest(Path::new("/"), ["verify", "--json"]);
    finish(command.arg(receipt).arg("--trust").arg(trust).args(more))
}

fn statuses(verdict: &Value) -> BTreeMap<String, String> {
    let checks = verdict["checks"]
        .as_array()
        .unwrap_or_else(|| panic!("no checks in {verdict}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    checks
        .iter()
        .map(|check| (text(&check["name"]), text(&check["status"])))
        .collect()
}

#[test]
fn every_receipt_gets_the_verdict_of_the_independent_tool() {
    let receipts = binary::vectors().join("receipts");
    let mut seen = 0;
    for entry in fs::read_dir(&receipts).unwrap().flatten() {
        let dir = entry.path();
        if !dir.join("verdict.json").is_file() {
            continue;
        }
        seen += 1;
        let expected = json_file(&dir.join("verdict.json"));
        let workspace = unpack(&dir.join("workspace.tar"));
        let workspace = workspace.path().to_str().unwrap();
        let found = verify(
            &dir.join("receipt.yaml"),
            &dir.join("trust"),
            &["--workspace", workspace],
        );

        let name = dir.display();
        let code = if expected["verdict"] == "pass" { 0 } else { 1 };
        assert_eq!(found.code, code, "{name}: {}", found.text());
        let report = found.json();
        assert_eq!(report["valid"], code == 0, "{name}");
        assert_eq!(
            report["execution"]["outcome"], expected["execution"]["outcome"],
            "{name}"
        );
        let (found, expected) = (statuses(&report), statuses(&expected));
        for check in COMPARED_CHECKS {
            assert_eq!(
                found.get(check),
                expected.get(check),
                "{name}: {check} in {report}"
            );
        }
    }
    assert!(seen >= 6, "only {seen} receipts in {}", receipts.display());
}

#[test]
fn every_mutant_gets_the_expected_exit_code_and_checks() {
    let receipts = binary::vectors().join("receipts");
    let trust = receipts.join("weird/trust");
    let mutants = receipts.join("mutants-weird");
    let expected = json_file(&mutants.join("expected.json"));
    let deviations = json_file(&receipts.join("deviations.json"));
    let mut wrong = Vec::new();
    for (name, expected) in expected.as_object().unwrap() {
        let found = verify(&mutants.join(format!("{name}.yaml")), &trust, &[]);
        let deviation = &deviations[name];
        let code = deviation["exit"]
            .as_i64()
            .or(expected["exit"].as_i64())
            .unwrap();
        if i64::from(found.code) != code {
            wrong.push(format!(
                "{name}: exit {} for {code}: {}",
                found.code,
                found.text()
            ));
            continue;
        }
        if code == 2 {
            continue;
        }
        let report = found.json();
        let statuses = statuses(&report);
        for check in COMPARED_CHECKS {
            let status = deviation["checks"][check]
                .as_str()
                .or(expected["checks"][check].as_str());
            if status.is_some() && status != statuses.get(check).map(String::as_str) {
                wrong.push(format!("{name}: {check} should be {status:?}: {report}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn hash(workspace: &Path, args: &[String]) -> Finished {
    let mut command = attest(workspace, ["hash", "--json"]);
    finish(command.args(args))
}

#[test]
fn every_manifest_vector_gives_its_hash_or_its_error_word() {
    let manifests = binary::vectors().join("manifests");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for entry in fs::read_dir(&manifests).unwrap().flatten() {
        let dir: PathBuf = entry.path();
        if !dir.join("case.json").is_file() {
            continue;
        }
        let case = json_file(&dir.join("case.json"));
        let declared: Vec<&str> = case["declared"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let mut args = Vec::new();
        let flag = match case["run"].as_str() {
            Some(run) => {
                args.extend(["--run".to_owned(), run.to_owned()]);
                "--input"
            }
            None => "--output",
        };
        for path in &declared {
            args.extend([flag.to_owned(), (*path).to_owned()]);
        }
        if args.is_empty() {
            // Nothing to hash cannot be asked of the command; the library's tests have this case.
            continue;
        }
        seen += 1;
        let tree = unpack(&dir.join("tree.tar"));
        let found = hash(
            &tree.path().join(case["workspace"].as_str().unwrap()),
            &args,
        );
        let answer = found.json();
        let expected = &case["expect"];
        let right = match expected["hash"].as_str() {
            Some(hash) => found.code == 0 && answer["hash"] == format!("blake3:{hash}"),
            None => found.code != 0 && answer["error"] == expected["error"],
        };
        if !right {
            wrong.push(format!(
                "{}: exit {}, {answer} for {expected}",
                dir.display(),
                found.code
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 30, "only {seen} cases");
}

#[test]
fn every_pipeline_vector_gives_its_text_and_hash_or_is_refused() {
    let pipelines = binary::vectors().join("pipelines");
    let expected = json_file(&pipelines.join("expected.json"));
    let mut wrong = Vec::new();
    for (name, expected) in expected.as_object().unwrap() {
        let file = pipelines.join(format!("{name}.yaml"));
        let file = file.to_str().unwrap();
        let found = finish(&mut attest(
            &pipelines,
            ["hash", "--pipeline", file, "--json"],
        ));
        if expected["accepted"] == false {
            if found.code == 0 {
                wrong.push(format!("{name} should be refused, is {}", found.stdout));
            }
            continue;
        }
        let hash = format!("blake3:{}", expected["hash"].as_str().unwrap());
        if found.code != 0 || found.json()["hash"] != hash {
            wrong.push(format!(
                "{name}: exit {}, {} for {hash}",
                found.code,
                found.text()
            ));
        }
        let text = finish(&mut attest(
            &pipelines,
            ["hash", "--pipeline", file, "--canonical"],
        ));
        if text.stdout != expected["canonical"].as_str().unwrap() {
            wrong.push(format!("{name}: canonical text is {:?}", text.text()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_receipt_is_not_verified_without_saying_whom_to_trust() {
    let receipt = binary::vectors().join("receipts/basic/receipt.yaml");
    let empty = tempfile::tempdir().unwrap();
    let found = finish(attest(empty.path(), ["verify"]).arg(receipt));
    found.exits(2).says(&["--trust", ".attest/trust"]);
}

#[test]
fn the_key_inside_a_receipt_is_not_trusted() {
    let receipts = binary::vectors().join("receipts");
    // A store that is in order, with the key of another receipt.
    verify(
        &receipts.join("basic/receipt.yaml"),
        &receipts.join("weird/trust"),
        &[],
    )
    .exits(1);
}

#[test]
fn an_authentic_receipt_of_a_failed_run_passes_with_a_warning_and_fails_require_success() {
    let receipts = binary::vectors().join("receipts/wrapped-failed");
    let (receipt, trust) = (receipts.join("receipt.yaml"), receipts.join("trust"));
    let plain = finish(
        attest(Path::new("/"), ["verify"])
            .arg(&receipt)
            .arg("--trust")
            .arg(&trust),
    )
    .exits(0);
    assert!(
        plain.text().to_lowercase().contains("fail"),
        "no warning: {}",
        plain.text()
    );
    let gated = verify(&receipt, &trust, &["--policy", "require-success"]).exits(1);
    assert_eq!(
        gated.json()["policy_compliance"]["violations"][0]["policy"],
        "require-success"
    );
}

#[test]
fn an_unreadable_receipt_is_told_apart_from_a_bad_one() {
    let dir = tempfile::tempdir().unwrap();
    let trust = binary::vectors().join("receipts/basic/trust");
    for (name, bytes) in [
        ("not-text", b"\xff\xfe\x00\x01".to_vec()),
        ("open-bracket", b"{\"steps\": [".to_vec()),
        ("deep", [vec![b'['; 100_000], vec![b']'; 100_000]].concat()),
        ("alias", b"a: &x 1\nb: *x\n".to_vec()),
    ] {
        let file = dir.path().join(name);
        fs::write(&file, bytes).unwrap();
        let found = verify(&file, &trust, &[]);
        assert_eq!(found.code, 2, "{name}: {}", found.text());
    }
    verify(&dir.path().join("absent"), &trust, &[])
        .exits(2)
        .says(&["absent"]);
    let huge = dir.path().join("huge");
    fs::File::create(&huge)
        .unwrap()
        .set_len(17 * 1024 * 1024)
        .unwrap();
    verify(&huge, &trust, &[]).exits(2);
}
