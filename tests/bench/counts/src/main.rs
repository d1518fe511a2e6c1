//! `attest-counts WORK TIMES`: does one piece of work so many times, for `scripts/counts.sh` to count the instructions of.
//!
//! The receipt is a vector, so that every count is of the same bytes. Not here: the counting, and time.

use std::error::Error;
use std::hint::black_box;
use std::path::Path;

use attest_core::digest::Digest;
use attest_core::receipt::Receipt;
use attest_core::trust::TrustStore;
use attest_core::verify::Verifier;
use ed25519_dalek::{Signature, VerifyingKey};

const VECTOR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/receipts/cached");

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(work), Some(times)) = (arguments.next(), arguments.next()) else {
        return Err("usage: attest-counts WORK TIMES".into());
    };
    let vector = Path::new(VECTOR);
    let yaml = std::fs::read(vector.join("receipt.yaml"))?;
    let receipt = Receipt::parse(&yaml)?;
    let json = receipt.to_json().into_bytes();
    let store = TrustStore::read_folder(&vector.join("trust"))?;
    // At a fixed time: what is printed of a time has no fixed length.
    let verifier = Verifier::builder()
        .trust_store(store)
        .now(receipt.body().timestamp)
        .build();
    let signed = receipt.body().canonical_bytes();
    let (Some(key), Some(signature)) = (receipt.signer_public_key(), receipt.signature()) else {
        return Err("the vector is not signed".into());
    };
    let key = VerifyingKey::from_bytes(key.as_bytes())?;
    let signature = Signature::from_bytes(signature.as_bytes());
    let content = vec![0xa5; 64 * 1024];

    for _ in 0..times.parse::<u32>()? {
        match work.as_str() {
            "signature" => drop(black_box(
                key.verify_strict(black_box(&signed), black_box(&signature)),
            )),
            "verify-json" => drop(black_box(verifier.verify_bytes(black_box(&json))?)),
            "verify-yaml" => drop(black_box(verifier.verify_bytes(black_box(&yaml))?)),
            "canonical-bytes" => {
                black_box(black_box(&receipt).body().canonical_bytes());
            }
            "hash-64-kib" => {
                black_box(Digest::of(black_box(&content)));
            }
            other => return Err(format!("no work is called {other:?}").into()),
        }
    }
    Ok(())
}
