//! Verifying a receipt of 2 KiB: parsing, consistency, canonical bytes, signature and trust, beside the signature alone.

use std::hint::black_box;

use attest_core::receipt::Receipt;
use attest_core::trust::TrustStore;
use attest_core::verify::Verifier;
use attest_tests::binary;
use ed25519_dalek::{Signature, VerifyingKey};

use crate::Failure;
use crate::table::{Other, Table};
use crate::timing::{Run, Runs, medians, whole};

/// One is too short to time.
const BATCH: u32 = 500;

pub(crate) fn rows(table: &mut Table, runs: Runs) -> Result<(), Failure> {
    let vector = binary::vectors().join("receipts/cached");
    let yaml = std::fs::read(vector.join("receipt.yaml"))?;
    let receipt = Receipt::parse(&yaml)?;
    let json = receipt.to_json().into_bytes();
    let store = TrustStore::read_folder(&vector.join("trust"))?;
    let verifier = Verifier::builder().trust_store(store).build();

    let whole_of = |bytes: &[u8]| {
        let (verifier, bytes) = (verifier.clone(), bytes.to_vec());
        whole(move || {
            for _ in 0..BATCH {
                let report = verifier.verify_bytes(black_box(&bytes))?;
                if !report.valid {
                    return Err("the vector does not verify".into());
                }
            }
            Ok(())
        })
    };
    let times = medians(
        runs,
        vec![whole_of(&json), whole_of(&yaml), bare(&receipt)?],
    )?;
    let &[in_json, in_yaml, bare] = times.as_slice() else {
        return Err("not everything was timed".into());
    };
    for (name, bytes, time) in [("JSON", json, in_json), ("YAML", yaml, in_yaml)] {
        table.add(
            format!("verify a receipt of {} bytes, {name}", bytes.len()),
            time / BATCH,
            Some(Other {
                name: "ed25519-dalek verify_strict of its signed bytes".to_owned(),
                time: bare / BATCH,
            }),
        );
    }
    Ok(())
}

/// The signature over the same bytes, with a key that is parsed beforehand.
fn bare(receipt: &Receipt) -> Result<Run<'static>, Failure> {
    let message = receipt.body().canonical_bytes();
    let (Some(key), Some(signature)) = (receipt.signer_public_key(), receipt.signature()) else {
        return Err("the vector is not signed".into());
    };
    let key = VerifyingKey::from_bytes(key.as_bytes())?;
    let signature = Signature::from_slice(&hex(&signature.hex())?)?;
    Ok(whole(move || {
        for _ in 0..BATCH {
            key.verify_strict(black_box(&message), &signature)?;
        }
        Ok(())
    }))
}

fn hex(text: &str) -> Result<Vec<u8>, Failure> {
    let pair = |start| -> Result<u8, Failure> {
        let digits = text
            .get(start..start + 2)
            .ok_or("an odd number of digits")?;
        Ok(u8::from_str_radix(digits, 16)?)
    };
    (0..text.len()).step_by(2).map(pair).collect()
}
