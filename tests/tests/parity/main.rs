//! `make parity`: the same verdicts, to the byte, in Rust, Python, TypeScript, Go and C; signed in each, verified in each.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod held;
mod signatures;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use attest_sdk::SigningKey;
use attest_tests::parity::{Driver, differences};
use attest_tests::{binary, require};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A moment after all the vectors were signed.
const NOW: &str = "2026-11-25T12:00:00Z";
const LANGUAGES: [&str; 4] = ["Python", "TypeScript", "Go", "C"];

/// Receipts that are judged by the same verifier.
struct Group {
    name: String,
    options: PathBuf,
    receipts: Vec<PathBuf>,
}

#[test]
fn every_language_gives_the_same_report_of_every_receipt() {
    let folder = TempDir::new().unwrap();
    let groups = groups(folder.path());
    let receipts: usize = groups.iter().map(|group| group.receipts.len()).sum();
    assert!(receipts >= 2 * 45, "only {receipts} receipts");
    let rust = rust();
    let expected: Vec<_> = groups
        .iter()
        .map(|group| rust.report(&group.options, &group.receipts))
        .collect();

    let mut table = format!("{:<12} {:>8} {:>8}\n", "language", "reports", "errors");
    let mut wrong = Vec::new();
    for driver in drivers("every_language_gives_the_same_report_of_every_receipt") {
        let (mut reports, mut errors) = (0, 0);
        for (group, expected) in groups.iter().zip(&expected) {
            let found = driver.report(&group.options, &group.receipts);
            assert_eq!(
                found.len(),
                group.receipts.len(),
                "{} of {}",
                driver.language,
                group.name
            );
            let failed = found
                .values()
                .filter(|verdict| verdict.starts_with("error\t"))
                .count();
            errors += failed;
            reports += found.len() - failed;
            wrong.extend(
                differences(expected, &found)
                    .into_iter()
                    .map(|difference| (driver.language.clone(), group.name.clone(), difference)),
            );
        }
        table += &format!("{:<12} {reports:>8} {errors:>8}\n", driver.language);
    }
    println!("\nReports, byte by byte as Rust's\n{table}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_one_language_signs_every_language_verifies() {
    let folder = TempDir::new().unwrap();
    let key = SigningKey::generate().unwrap();
    let pem = folder.path().join("key.pem");
    fs::write(&pem, key.to_pkcs8_pem().as_bytes()).unwrap();
    let options = json!({"trusted_keys": [key.public_key().to_string()], "now": NOW, "policies": ["require-signature"]});
    let options = write(folder.path(), "options.json", &options);
    let unsigned = vectors().join("unsigned/receipt.yaml");

    let drivers = drivers("what_one_language_signs_every_language_verifies");
    let signed: Vec<(String, PathBuf)> = drivers
        .iter()
        .map(|driver| {
            let path = folder.path().join(format!("{}.json", driver.language));
            fs::write(&path, driver.sign(&unsigned, &pem)).unwrap();
            (driver.language.clone(), path)
        })
        .collect();
    let paths: Vec<PathBuf> = signed.iter().map(|(_, path)| path.clone()).collect();

    let mut table = format!("{:<12}", "signed by");
    for (language, _) in &signed {
        table += &format!(" {language:>11}");
    }
    table.push('\n');
    for driver in &drivers {
        let found = driver.report(&options, &paths);
        table += &format!("{:<12}", driver.language);
        for path in &paths {
            let verdict = &found[&path.display().to_string()];
            let report: Value = serde_json::from_str(verdict)
                .unwrap_or_else(|_| panic!("{}: {verdict}", driver.language));
            assert_eq!(
                report["valid"], true,
                "{} of {path:?}: {report}",
                driver.language
            );
            table += &format!(" {:>11}", "valid");
        }
        table.push('\n');
    }
    // One key makes one signature of the same bytes, whoever asks.
    let texts: Vec<String> = paths
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:#?}");
    println!("\nSigned in each (columns), verified in each (rows)\n{table}");
}

/// A comparison that cannot fail proves nothing.
#[test]
fn a_report_with_one_other_byte_is_noticed() {
    let folder = TempDir::new().unwrap();
    let altered = folder.path().join("altered");
    let program = rust().program;
    let script = format!(
        "#!/bin/sh\n'{}' \"$@\" | sed '3s/\"age_hours\":\\([0-9.]*\\)/\"age_hours\":\\10/'\n",
        program.display()
    );
    fs::write(&altered, script).unwrap();
    fs::set_permissions(&altered, fs::Permissions::from_mode(0o755)).unwrap();

    let groups = groups(folder.path());
    let group = groups
        .iter()
        .find(|group| group.receipts.len() > 30)
        .unwrap();
    let expected = rust().report(&group.options, &group.receipts);
    let found = Driver::new("altered", altered).report(&group.options, &group.receipts);
    let noticed = differences(&expected, &found);
    assert_eq!(noticed.len(), 1, "{noticed:#?}");
    assert_eq!(noticed[0].receipt, group.receipts[2].display().to_string());
}

/// Every receipt of the vectors, with its trust store: once without a policy, once with some.
fn groups(folder: &Path) -> Vec<Group> {
    let mut sets: Vec<(String, PathBuf, Vec<PathBuf>)> = [
        "basic",
        "cached",
        "weird",
        "wrapped",
        "wrapped-failed",
        "unsigned",
    ]
    .iter()
    .map(|name| {
        let dir = vectors().join(name);
        (
            (*name).to_owned(),
            dir.join("trust"),
            vec![dir.join("receipt.yaml"), dir.join("canonical.json")],
        )
    })
    .collect();
    let mut mutants: Vec<PathBuf> = fs::read_dir(vectors().join("mutants-weird"))
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    mutants.sort();
    sets.push(("mutants".to_owned(), vectors().join("weird/trust"), mutants));

    let policies: [&[&str]; 2] = [
        &[],
        &["require-success", "require-signature", "max-age-24h"],
    ];
    let mut groups = Vec::new();
    for (name, trust, receipts) in sets {
        for policies in policies {
            let name = format!("{name}, policies {policies:?}");
            let options = json!({"trust_store": trust, "now": NOW, "policies": policies});
            groups.push(Group {
                options: write(folder, &format!("{}.json", groups.len()), &options),
                name,
                receipts: receipts.clone(),
            });
        }
    }
    groups
}

fn rust() -> Driver {
    Driver::new("Rust", env!("CARGO_BIN_EXE_parity"))
}

/// The languages that `make parity` prepared, by `ATTEST_PARITY_<LANGUAGE>`, and Rust. One that is not there is skipped
/// aloud.
fn drivers(test: &str) -> Vec<Driver> {
    let mut drivers = vec![rust()];
    for language in LANGUAGES {
        let variable = format!("ATTEST_PARITY_{}", language.to_uppercase());
        match std::env::var_os(&variable) {
            Some(program) => drivers.push(Driver::new(language, program)),
            None => {
                let why =
                    format!("{variable} is not set: `make parity` sets it where the toolchain is");
                require::skip(&format!("{test} in {language}"), &why);
            }
        }
    }
    drivers
}

fn vectors() -> PathBuf {
    binary::vectors().join("receipts")
}

fn write(folder: &Path, name: &str, value: &Value) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, value.to_string()).unwrap();
    path
}
