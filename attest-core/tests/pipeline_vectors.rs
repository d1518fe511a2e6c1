//! Every pipeline vector, judged by the independent implementation: its canonical text and hash, or that it is refused.
#![allow(clippy::unwrap_used)] // the whole file is tests

use std::fs;
use std::path::Path;

use attest_core::digest::Digest;
use attest_core::pipeline::{Definition, Pipeline};
use serde_json::Value;

/// What a case says about running it, for features that this project refuses and the tool runs or ignores.
const NOT_SUPPORTED_HERE: &[&str] = &[
    "attestation-partial",
    "capsule-name",
    "full",
    "image-is-only-text",
    "step-attestation-defaults",
];

fn cases() -> serde_json::Map<String, Value> {
    serde_json::from_slice(&fs::read(folder().join("expected.json")).unwrap()).unwrap()
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/pipelines")
}

#[test]
fn every_vector_gives_its_text_and_hash_or_is_refused() {
    let cases = cases();
    assert!(cases.len() >= 61, "only {} vectors found", cases.len());
    for (name, case) in cases {
        let file = fs::read(folder().join(format!("{name}.yaml"))).unwrap();
        match Pipeline::parse(&file) {
            Ok(pipeline) => {
                assert_eq!(case["accepted"], true, "{name} is read");
                if let Some(text) = case["canonical"].as_str() {
                    assert_eq!(pipeline.canonical_text(), text, "{name}");
                }
                assert_eq!(
                    Some(pipeline.hash().hex().as_str()),
                    case["hash"].as_str(),
                    "{name}"
                );
                let again = Pipeline::parse(pipeline.canonical_text().as_bytes()).unwrap();
                assert_eq!(
                    again, pipeline,
                    "{name}: the canonical text is itself a valid file"
                );
            }
            Err(error) => {
                assert_eq!(case["accepted"], false, "{name}: {error}");
                assert!(error.at().line >= 1, "{name}");
            }
        }
    }
}

#[test]
fn what_the_tool_refuses_to_run_is_refused_here_too() {
    for (name, case) in cases() {
        let Some(run) = case["run"].as_str() else {
            continue;
        };
        let file = fs::read(folder().join(format!("{name}.yaml"))).unwrap();
        let check = Definition::parse(&file).unwrap().check();
        if run.starts_with("refused") || NOT_SUPPORTED_HERE.contains(&name.as_str()) {
            assert!(check.is_err(), "{name}: {run}");
        }
    }
}

#[test]
fn the_canonical_text_is_what_is_hashed() {
    let pipeline = Pipeline::parse(b"{version: 1, steps: {a: {run: 'true'}}}").unwrap();
    assert_eq!(
        pipeline.hash(),
        Digest::of(pipeline.canonical_text().as_bytes())
    );
}

#[test]
fn the_hashes_of_a_wrapped_command_are_those_of_its_receipts() {
    use attest_core::pipeline::wrapped;
    let receipts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/receipts");
    for name in ["wrapped", "wrapped-failed"] {
        let receipt: Value =
            serde_json::from_slice(&fs::read(receipts.join(name).join("canonical.json")).unwrap())
                .unwrap();
        let provenance = &receipt["provenance"];
        let command: Vec<String> =
            serde_json::from_value(provenance["execution"]["command"].clone()).unwrap();
        assert_eq!(
            receipt["pipeline_hash"],
            wrapped::pipeline_hash(&command).hex(),
            "{name}"
        );
        assert_eq!(
            provenance["steps"][0]["command_hash"],
            wrapped::command_hash(&command).hex(),
            "{name}"
        );
    }
}
