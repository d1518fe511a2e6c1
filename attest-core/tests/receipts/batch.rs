//! Many receipts at a time get the verdicts that they get one by one.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::bodies::{body, full, key};
use attest_core::verify::{Report, Verifier};
use attest_core::yaml;
use proptest::prelude::*;

fn verifier() -> Verifier {
    Verifier::builder()
        .trusted_key(key(1).public_key())
        .unwrap()
        .policy("require-success")
        .unwrap()
        .now("2026-11-24T12:30:00Z".parse().unwrap())
        .build()
}

/// Valid ones, refused ones, documents that are no receipt and bytes that are unreadable, of sizes far apart.
fn mixed() -> Vec<Vec<u8>> {
    let signed = |change: &dyn Fn(&mut attest_core::receipt::Body)| {
        let mut body = full();
        change(&mut body);
        body.sign(&key(1)).unwrap()
    };
    let good = signed(&|_| ());
    let kinds = [
        good.to_json(),
        good.to_yaml(),
        good.to_json().replace("built", "bulit"),
        signed(&|b| b.steps[0].exit_code = 1).to_json(),
        signed(&|b| b.steps[0].stdout = "x".repeat(300_000)).to_yaml(),
        full().into_unsigned().unwrap().to_json(),
        "{}".to_owned(),
        "a: 1\na: 2\n".to_owned(),
        "[".repeat(10_000),
        String::new(),
    ];
    let mut all: Vec<Vec<u8>> = (0..30)
        .flat_map(|_| kinds.clone())
        .map(String::into_bytes)
        .collect();
    all.push(b"\xff\xfe".to_vec());
    all
}

fn one_by_one(receipts: &[Vec<u8>]) -> Vec<Result<Report, yaml::Error>> {
    let verifier = verifier();
    receipts
        .iter()
        .map(|receipt| verifier.verify_bytes(receipt))
        .collect()
}

#[test]
fn a_batch_gives_each_receipt_its_own_verdict_in_order() {
    let receipts = mixed();
    let found = verifier().verify_batch(&receipts);
    for (index, (found, alone)) in found.iter().zip(one_by_one(&receipts)).enumerate() {
        assert_eq!(*found, alone, "receipt {index}");
    }
    assert!(found.iter().flatten().any(|report| report.valid));
    assert!(found.iter().flatten().any(|report| !report.valid));
    assert!(found.last().unwrap().is_err());
}

#[test]
fn a_batch_of_any_length_is_complete() {
    let receipts = mixed();
    for length in [0, 1, 2, 3, 4, 5, 8, 9, 17, 31] {
        let some = &receipts[..length];
        assert!(
            verifier().verify_batch(some) == one_by_one(some),
            "{length}"
        );
    }
}

#[test]
fn an_error_of_the_caller_ends_the_batch() {
    let receipts = mixed();
    let judged = AtomicUsize::new(0);
    let ended = verifier().verify_batch_with(&receipts, |_| {
        if judged.fetch_add(1, Ordering::Relaxed) < 10 {
            Ok(())
        } else {
            Err("enough")
        }
    });
    assert_eq!(ended, Err("enough"));
    let most = 10 + std::thread::available_parallelism().unwrap().get();
    assert!(judged.into_inner() <= most, "it went on");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_receipts_at_a_time_are_judged_as_alone(bodies in prop::collection::vec(body(), 0..20), seed in 1..3u8) {
        let receipts: Vec<Vec<u8>> = bodies
            .into_iter()
            .map(|body| body.sign(&key(seed)).unwrap().raw().to_vec())
            .collect();
        prop_assert!(verifier().verify_batch(&receipts) == one_by_one(&receipts));
    }
}
