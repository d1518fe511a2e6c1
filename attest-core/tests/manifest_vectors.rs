//! Every manifest vector, judged by the independent implementation: its text and hash, or its error word.
#![cfg(feature = "fs")]

use std::fs::{self, File};
use std::path::Path;

use attest_core::digest::Digest;
use attest_core::manifest::{hash_inputs, hash_outputs};
use serde_json::Value;

#[test]
fn every_vector_gives_its_text_and_hash_or_its_error_word() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/manifests");
    let mut judged = 0;
    for entry in fs::read_dir(&vectors).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let case: Value =
            serde_json::from_slice(&fs::read(folder.join("case.json")).unwrap()).unwrap();
        let unpacked = tempfile::tempdir().unwrap();
        tar::Archive::new(File::open(folder.join("tree.tar")).unwrap())
            .unpack(unpacked.path())
            .unwrap();
        let workspace = unpacked.path().join(case["workspace"].as_str().unwrap());
        let declared: Vec<String> = case["declared"]
            .as_array()
            .unwrap()
            .iter()
            .map(|path| path.as_str().unwrap().to_owned())
            .collect();

        let manifest = match case["run"].as_str() {
            Some(run) => hash_inputs(&workspace, run, &declared),
            None => hash_outputs(&workspace, &declared),
        };
        let expect = &case["expect"];
        match manifest {
            Ok(manifest) => {
                assert_eq!(
                    Some(manifest.text().as_str()),
                    expect["manifest"].as_str(),
                    "{name}"
                );
                assert_eq!(
                    Some(manifest.digest().hex().as_str()),
                    expect["hash"].as_str(),
                    "{name}"
                );
                assert_eq!(
                    manifest.digest(),
                    Digest::of(manifest.text().as_bytes()),
                    "{name}"
                );
            }
            Err(error) => assert_eq!(
                Some(error.word()),
                expect["error"].as_str(),
                "{name}: {error}"
            ),
        }
        judged += 1;
    }
    assert!(judged >= 37, "only {judged} vectors found");
}
