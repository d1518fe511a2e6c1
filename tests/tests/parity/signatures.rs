//! Signatures on which libraries disagree: every language accepts those that libsodium accepts, and no other.
//!
//! The receipts are those of `tests/vectors/ed25519`, whose README says how they were made and who judged them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use attest_tests::binary;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{NOW, drivers, write};

/// One receipt with a crafted signature.
struct Case {
    name: String,
    key: String,
    receipt: PathBuf,
    accepted: bool,
}

#[test]
fn every_language_accepts_the_signatures_that_libsodium_accepts() {
    let folder = TempDir::new().unwrap();
    let cases = cases(&folder);
    let keys: BTreeSet<&str> = cases.iter().map(|case| case.key.as_str()).collect();
    let options = |name: &str, keys: &[&str]| {
        write(
            folder.path(),
            name,
            &json!({"trusted_keys": keys, "now": NOW}),
        )
    };

    let mut table = format!(
        "{:<12} {:>8} {:>8} {:>13}\n",
        "language", "accepted", "refused", "refused keys"
    );
    for driver in drivers("every_language_accepts_the_signatures_that_libsodium_accepts") {
        // A key that is refused on its way into a verifier is the language's answer to all its signatures.
        let (mut trusted, mut weak) = (Vec::new(), BTreeSet::new());
        for key in &keys {
            let Some(said) = driver.refusal(&options("one-key.json", &[key])) else {
                trusted.push(*key);
                continue;
            };
            // In a sentence, or as the name of the error.
            let lower = said.to_lowercase();
            let named = said.contains(key) && (lower.contains("weak") || lower.contains("point"));
            assert!(named, "{}: {key}: {said}", driver.language);
            weak.insert(*key);
        }
        let receipts: Vec<PathBuf> = cases.iter().map(|case| case.receipt.clone()).collect();
        let found = driver.report(&options("keys.json", &trusted), &receipts);
        let mut counts = BTreeMap::from([(true, 0), (false, 0)]);
        for case in &cases {
            let said = &found[&case.receipt.display().to_string()];
            let report: Value = serde_json::from_str(said)
                .unwrap_or_else(|_| panic!("{}: {said}", driver.language));
            assert_eq!(
                report["valid"], case.accepted,
                "{}: {}: {report}",
                driver.language, case.name
            );
            assert!(!case.accepted || !weak.contains(case.key.as_str()));
            *counts.entry(case.accepted).or_default() += 1;
        }
        assert!(counts[&true] > 100 && counts[&false] > 200 && weak.len() > 10);
        table += &format!(
            "{:<12} {:>8} {:>8} {:>13}\n",
            driver.language,
            counts[&true],
            counts[&false],
            weak.len()
        );
    }
    println!("\nSignatures that divide libraries, each answer libsodium's\n{table}");
}

fn cases(folder: &TempDir) -> Vec<Case> {
    let file = fs::read(binary::vectors().join("ed25519/dividing.json")).unwrap();
    let file: Value = serde_json::from_slice(&file).unwrap();
    let template = file["template"].as_str().unwrap();
    let cases = file["cases"].as_array().unwrap().iter().enumerate();
    cases
        .map(|(index, case)| {
            let text = |name: &str| case[name].as_str().unwrap();
            let put = |receipt: String, name: &str, value: &str| {
                receipt.replace(
                    &format!("\"{name}\":null"),
                    &format!("\"{name}\":\"{value}\""),
                )
            };
            let receipt = template.replace("NONCE", text("nonce"));
            let receipt = put(receipt, "signature", text("signature"));
            let receipt = put(receipt, "signer_public_key", text("public_key"));
            let path = folder.path().join(format!("{index}.json"));
            fs::write(&path, receipt).unwrap();
            Case {
                name: text("case").to_owned(),
                key: text("public_key").to_owned(),
                receipt: path,
                accepted: case["libsodium"].as_bool().unwrap(),
            }
        })
        .collect()
}
