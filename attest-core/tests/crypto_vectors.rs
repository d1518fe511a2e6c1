//! Signatures and hashes against the vectors of others: RFC 8032's, Wycheproof's, BLAKE3's, and libsodium's verdicts.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use attest_core::digest::Digest;
use attest_core::key::{PublicKey, Signature};
use attest_core::receipt::Receipt;
use attest_core::verify::Verifier;
use serde_json::Value;

fn read(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/vectors")
        .join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// Whether this is taken for a signature; a key or signature that is refused where it is read is none.
fn accepts(key: &str, message: &[u8], signature: &str) -> bool {
    let (Ok(key), Ok(signature)) = (PublicKey::from_hex(key), Signature::from_hex(signature))
    else {
        return false;
    };
    key.verify_strict(message, &signature)
}

#[test]
fn ed25519_agrees_with_wycheproof_and_with_rfc_8032_in_it() {
    let file = read("ed25519/wycheproof.json");
    let (mut valid, mut invalid, mut of_the_rfc) = (0, 0, 0);
    for group in file["testGroups"].as_array().unwrap() {
        let key = group["publicKey"]["pk"].as_str().unwrap();
        let pem = group["publicKeyPem"].as_str().unwrap();
        let parsed = PublicKey::parse(pem).unwrap();
        assert_eq!(parsed.hex(), key, "the key of the PEM text");
        for test in group["tests"].as_array().unwrap() {
            let text = |name: &str| test[name].as_str().unwrap();
            let expected = text("result") == "valid";
            let found = accepts(key, &unhex(text("msg")), text("sig"));
            assert_eq!(found, expected, "{}: {}", test["tcId"], text("comment"));
            *(if expected { &mut valid } else { &mut invalid }) += 1;
            of_the_rfc += usize::from(text("comment").starts_with("draft-josefsson-eddsa-ed25519"));
        }
    }
    assert_eq!(valid + invalid, file["numberOfTests"].as_u64().unwrap());
    assert!(
        valid > 60 && invalid > 60 && of_the_rfc == 4,
        "{valid} {invalid} {of_the_rfc}"
    );
}

struct Dividing {
    template: String,
    cases: Vec<Value>,
}

impl Dividing {
    fn read() -> Self {
        let file = read("ed25519/dividing.json");
        Self {
            template: file["template"].as_str().unwrap().to_owned(),
            cases: file["cases"].as_array().unwrap().clone(),
        }
    }

    fn message(&self, case: &Value) -> String {
        self.template
            .replace("NONCE", case["nonce"].as_str().unwrap())
    }

    fn receipt(&self, case: &Value) -> String {
        let put = |text: String, name: &str, value: &Value| {
            text.replace(&format!("\"{name}\":null"), &format!("\"{name}\":{value}"))
        };
        let signed = put(self.message(case), "signature", &case["signature"]);
        put(signed, "signer_public_key", &case["public_key"])
    }
}

#[test]
fn the_vectors_divide_the_libraries_there_are() {
    let count = |cofactorless: bool, cofactored: bool, libsodium: bool| {
        let cases = Dividing::read().cases;
        let alike = cases.iter().filter(|case| {
            case["cofactorless"] == cofactorless
                && case["cofactored"] == cofactored
                && case["libsodium"] == libsodium
        });
        alike.count()
    };
    assert!(count(true, true, true) > 100, "signatures");
    assert!(count(false, false, false) > 100, "none by any rule");
    assert!(count(true, true, false) > 50, "those of lax libraries");
    assert!(count(false, true, false) > 50, "those of a batch");
    assert_eq!(count(false, true, true) + count(true, false, true), 0);
}

#[test]
fn ed25519_accepts_exactly_what_libsodium_accepts() {
    let file = Dividing::read();
    for case in &file.cases {
        let text = |name: &str| case[name].as_str().unwrap();
        let message = file.message(case);
        let found = accepts(text("public_key"), message.as_bytes(), text("signature"));
        assert_eq!(found, case["libsodium"], "{}", text("case"));
    }
}

#[test]
fn a_receipt_is_valid_exactly_where_libsodium_accepts_its_signature() {
    let file = Dividing::read();
    let mut refused_keys = 0;
    for case in &file.cases {
        let name = case["case"].as_str().unwrap();
        let text = file.receipt(case);
        let receipt = Receipt::parse(text.as_bytes()).unwrap();
        assert_eq!(
            receipt.body().canonical_bytes(),
            file.message(case).as_bytes(),
            "{name}"
        );
        let builder = Verifier::builder().now("2026-11-25T12:00:00Z".parse().unwrap());
        let Ok(builder) = builder.trusted_keys([case["public_key"].as_str().unwrap()]) else {
            // A key that cannot be trusted is the answer.
            assert_eq!(case["libsodium"], false, "{name}");
            refused_keys += 1;
            continue;
        };
        let report = builder.build().verify_bytes(text.as_bytes()).unwrap();
        assert_eq!(report.valid, case["libsodium"], "{name}");
    }
    assert!(refused_keys > 50, "{refused_keys}");
}

#[test]
fn blake3_agrees_with_its_official_vectors() {
    let file = read("blake3/test_vectors.json");
    let cases = file["cases"].as_array().unwrap();
    assert!(cases.len() >= 35);
    let folder = tempfile::tempdir().unwrap();
    for case in cases {
        let length = usize::try_from(case["input_len"].as_u64().unwrap()).unwrap();
        let input: Vec<u8> = (0..251).cycle().take(length).collect();
        let expected = &case["hash"].as_str().unwrap()[..64];
        assert_eq!(Digest::of(&input).hex(), expected, "{length} bytes");
        std::fs::write(folder.path().join(length.to_string()), input).unwrap();
        of_a_file(folder.path(), &length.to_string(), expected);
    }
}

/// The content of a file is hashed in pieces, to the same end.
#[cfg(feature = "fs")]
fn of_a_file(folder: &Path, name: &str, expected: &str) {
    let manifest = attest_core::manifest::hash_outputs(folder, &[name.to_owned()]).unwrap();
    assert_eq!(
        manifest.lines[0].digest.hex(),
        expected,
        "a file of {name} bytes"
    );
}

#[cfg(not(feature = "fs"))]
fn of_a_file(_: &Path, _: &str, _: &str) {}
