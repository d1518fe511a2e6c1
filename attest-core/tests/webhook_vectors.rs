//! Webhook signatures against vectors that another implementation made.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use attest_core::webhook::verify;
use proptest::prelude::*;
use serde_json::Value;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

#[test]
fn the_vectors_hold() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/conformance/vectors/webhook-signatures.json"
    );
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    let valid = cases.iter().filter(|case| case["valid"] == true).count();
    assert!(valid >= 9 && cases.len() - valid >= 15);
    for case in cases {
        let text = |name: &str| case[name].as_str().unwrap();
        let verdict = verify(
            &bytes(text("payload_hex")),
            text("signature"),
            text("secret"),
        );
        assert_eq!(verdict, case["valid"], "{}", case["name"]);
    }
}

proptest! {
    #[test]
    fn nothing_but_the_signature_passes_and_nothing_panics(
        payload in proptest::collection::vec(any::<u8>(), 0..100),
        signature in "(sha256=)?[0-9a-f]{64}|\\PC{0,80}",
        secret in "\\PC{0,80}",
    ) {
        prop_assert!(!verify(&payload, &signature, &secret));
    }
}
