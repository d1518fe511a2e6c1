//! Every receipt that the independent command-line tool judged gets its verdict here, but for the listed deviations.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![cfg(feature = "fs")]

mod vectors;

use std::fs;

use attest_core::receipt::Receipt;
use attest_core::trust::TrustStore;
use attest_core::verify::{CheckName, Report, Verifier};
use serde_json::Value;
use vectors::{fixed_now, read, read_json, vectors};

/// The checks that the tool and this project both make. The tool's `timestamp` looks at tokens alone.
const SHARED: [CheckName; 3] = [
    CheckName::Schema,
    CheckName::Consistency,
    CheckName::Signature,
];

const SIGNED: [&str; 5] = ["basic", "cached", "weird", "wrapped", "wrapped-failed"];

fn verifier(name: &str) -> Verifier {
    let store =
        TrustStore::read_folder(&vectors().join("receipts").join(name).join("trust")).unwrap();
    Verifier::builder()
        .trust_store(store)
        .now(fixed_now())
        .build()
}

fn status(report: &Report, name: CheckName) -> String {
    // The tool's `signature` is also about trust.
    let check = |name| report.check(name).unwrap().status.as_str();
    match name {
        CheckName::Signature if check(name) == "pass" => check(CheckName::Trust).to_owned(),
        name => check(name).to_owned(),
    }
}

#[test]
fn every_receipt_of_the_tool_gets_its_verdict() {
    for name in SIGNED.into_iter().chain(["unsigned"]) {
        let folder = vectors().join("receipts").join(name);
        let expected = read_json(&folder.join("verdict.json"));
        let report = verifier(name)
            .verify_bytes(&read(&folder.join("receipt.yaml")))
            .unwrap();
        assert_eq!(
            report.valid,
            expected["verdict"] == "pass",
            "{name}: {report:#?}"
        );
        for check in SHARED {
            let theirs = expected["checks"]
                .as_array()
                .unwrap()
                .iter()
                .find(|c| c["name"] == check.as_str())
                .unwrap();
            assert_eq!(
                status(&report, check),
                theirs["status"],
                "{name}: {}",
                check.as_str()
            );
        }
        assert_eq!(
            report.execution.outcome.as_str(),
            expected["execution"]["outcome"],
            "{name}"
        );
        let failed = expected["execution"]["failed_steps"].as_u64().unwrap();
        assert_eq!(report.execution.failed_steps.len() as u64, failed, "{name}");
    }
}

#[test]
fn canonical_bytes_are_those_that_were_signed() {
    for name in SIGNED.into_iter().chain(["unsigned"]) {
        let folder = vectors().join("receipts").join(name);
        let receipt = Receipt::parse(&read(&folder.join("receipt.yaml"))).unwrap();
        let expected = String::from_utf8(read(&folder.join("canonical.json"))).unwrap();
        let ours = String::from_utf8(receipt.body().canonical_bytes()).unwrap();
        assert_eq!(ours, expected.trim_end_matches('\n'), "{name}");
    }
}

#[test]
fn every_mutant_gets_its_verdict() {
    let folder = vectors().join("receipts/mutants-weird");
    let expected = read_json(&folder.join("expected.json"));
    let deviations = read_json(&vectors().join("receipts/deviations.json"));
    let verifier = verifier("weird");
    let mutants = expected.as_object().unwrap();
    assert!(mutants.len() >= 37);
    for (name, theirs) in mutants {
        let deviation = deviations.get(name).unwrap_or(&Value::Null);
        let exit = deviation.get("exit").unwrap_or(&theirs["exit"]);
        let bytes = fs::read(folder.join(format!("{name}.yaml"))).unwrap();
        let Ok(report) = verifier.verify_bytes(&bytes) else {
            assert_eq!(exit, 2, "{name} is unreadable");
            continue;
        };
        assert_eq!(
            exit,
            if report.valid { 0 } else { 1 },
            "{name}: {report:#?}"
        );
        for check in SHARED {
            let wanted = deviation["checks"]
                .get(check.as_str())
                .unwrap_or(&theirs["checks"][check.as_str()]);
            assert_eq!(
                status(&report, check),
                *wanted,
                "{name}: {}: {report:#?}",
                check.as_str()
            );
        }
    }
}

#[test]
fn both_renderings_of_every_receipt_are_one_receipt() {
    for name in SIGNED {
        let receipt = Receipt::parse(&read(
            &vectors().join("receipts").join(name).join("receipt.yaml"),
        ))
        .unwrap();
        let verifier = verifier(name);
        for text in [receipt.to_json(), receipt.to_yaml()] {
            let again = Receipt::parse(text.as_bytes()).unwrap();
            assert_eq!(again, receipt, "{name}: {text}");
            assert!(verifier.verify(&again).valid, "{name}");
        }
    }
}
