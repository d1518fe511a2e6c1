//! The documents that the documentation's examples read (`src/docs`) are what the examples say they are.

use attest_core::export::{Content, Format, Options, Plan};
use attest_core::key::SigningKey;
use attest_core::receipt::Receipt;
use zeroize::Zeroizing;

const RECEIPT: &str = include_str!("../../src/docs/receipt.json");
const EXPORT: &str = include_str!("../../src/docs/hello.intoto.jsonl");
/// What its step `build` copied.
const HELLO: &[u8] = b"echo hello, world\n";

/// RFC 8032, section 7.1, TEST 1.
fn key() -> SigningKey {
    let hex = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    let seed: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
    SigningKey::from_seed(&Zeroizing::new(seed.try_into().unwrap()))
}

#[test]
fn the_receipt_is_what_its_key_signs_and_a_server_would_send() {
    let receipt = Receipt::parse(RECEIPT.as_bytes()).unwrap();
    let again = receipt.body().clone().sign(&key()).unwrap();
    assert_eq!(format!("{}\n", again.to_json()), RECEIPT);
}

#[test]
fn the_envelope_is_the_receipts_export() {
    let receipt = Receipt::parse(RECEIPT.as_bytes()).unwrap();
    let key = key();
    let plan = Plan::new(&receipt, &key, &Options::default(), chrono::Utc::now()).unwrap();
    let export = plan.sign(&[Content::read(HELLO).unwrap()]).unwrap();
    assert_eq!(export.text(Format::InToto), EXPORT);
}

#[cfg(feature = "fs")]
#[test]
fn the_receipts_hashes_are_those_of_its_pipeline_and_files() {
    use attest_core::pipeline::Definition;
    use attest_core::recompute::recompute;
    use attest_core::verify::Recomputed;

    let workspace = tempfile::tempdir().unwrap();
    for folder in ["src", "out"] {
        std::fs::create_dir(workspace.path().join(folder)).unwrap();
        std::fs::write(workspace.path().join(folder).join("hello"), HELLO).unwrap();
    }
    let definition = b"version: '0.1'\nname: hello\nsteps:
- {name: build, run: cp src/hello out/hello, inputs: [src/], outputs: [out/hello]}
- {name: test, run: sh out/hello, inputs: [out/hello], needs: [build]}\n";
    let pipeline = Definition::parse(definition)
        .unwrap()
        .effective(Some("production"), &[].into(), "hello")
        .unwrap();
    let receipt = Receipt::parse(RECEIPT.as_bytes()).unwrap();
    let text = pipeline.canonical_text();
    let recomputed = recompute(&receipt, workspace.path(), Some(text.as_bytes()));
    assert_eq!(recomputed, Recomputed::Match);
}
