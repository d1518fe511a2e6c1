//! Laws of receipts: what is written is read again, renderings do not matter, and nothing that was not signed is valid.

use attest_core::receipt::{Body, Receipt, Rendering, Spelled};
use attest_core::verify::{CheckName, Report, Status};
use attest_core::yaml::{self, Limits, Node};

use crate::known::{self, VERIFIER};

/// Everything that holds of any bytes that are read as a receipt.
pub fn laws(bytes: &[u8]) {
    // Twice, because a verdict is a function of the bytes.
    let report = VERIFIER.verify_bytes(bytes);
    assert_eq!(report, VERIFIER.verify_bytes(bytes));
    let receipt = match (&report, Receipt::parse(bytes)) {
        (Ok(report), Ok(receipt)) => {
            only_what_was_signed_is_valid(&receipt, report);
            receipt
        }
        (Ok(report), Err(_)) => return assert!(!report.valid, "valid without a structure"),
        (Err(_), Err(_)) => return,
        (Err(error), Ok(_)) => panic!("read, and not judged: {error}"),
    };
    written_and_read_again(&receipt);
    nothing_is_dropped(&receipt, bytes);
    if let Some(made) = known::signed(receipt.body()) {
        signed_here(&made, bytes);
    }
}

fn only_what_was_signed_is_valid(receipt: &Receipt, report: &Report) {
    if report.valid {
        let canonical = receipt.body().canonical_bytes();
        assert!(known::is_genuine(&canonical), "valid, and nobody signed it");
        assert!(receipt.signature().is_some() && receipt.signer_public_key().is_some());
    }
}

/// parse(write(x)) = x in both renderings, and the canonical bytes are the same.
fn written_and_read_again(receipt: &Receipt) {
    let renderings = [
        (receipt.to_json(), Rendering::Prefixed),
        (receipt.to_yaml(), Rendering::Bare),
    ];
    for (text, rendering) in renderings {
        // A value that is none in one rendering may be one in the other.
        if is_malformed(receipt) && rendering != receipt.rendering() {
            continue;
        }
        let again = Receipt::parse(text.as_bytes())
            .unwrap_or_else(|error| panic!("cannot read what was written: {error}\n{text}"));
        assert_eq!(&again, receipt, "{text}");
        assert_eq!(again.rendering(), rendering);
        assert_eq!(
            again.body().canonical_bytes(),
            receipt.body().canonical_bytes()
        );
        assert_eq!(VERIFIER.verify(&again), VERIFIER.verify(receipt));
    }
}

/// A field that is dropped before hashing is a forgery waiting to happen.
fn nothing_is_dropped(receipt: &Receipt, bytes: &[u8]) {
    let entries = |bytes: &[u8]| {
        entries(
            yaml::parse(bytes, Limits::default())
                .expect("it was read")
                .root(),
        )
    };
    assert_eq!(
        entries(bytes),
        entries(receipt.to_json().as_bytes()),
        "a field was dropped or added"
    );
}

/// How many entries the maps of a tree have; what is null or an empty list may as well be absent.
fn entries(node: Node) -> usize {
    if let Some(items) = node.as_seq() {
        return items.map(entries).sum();
    }
    let says = |node: Node| {
        !node.is_null() && node.as_seq().is_none_or(|mut items| items.next().is_some())
    };
    let all = node.as_map().into_iter().flatten();
    let saying = all.filter(|(_, value)| says(*value));
    saying.map(|(_, value)| 1 + entries(value)).sum()
}

/// What is signed here is valid in both renderings, and in neither once a byte of it says something else.
fn signed_here(made: &Receipt, bytes: &[u8]) {
    let report = VERIFIER.verify(made);
    let signature = report.check(CheckName::Signature).map(|check| check.status);
    assert_eq!(signature, Some(Status::Pass));
    for text in [made.to_json(), made.to_yaml()] {
        let mut changed = text.into_bytes();
        assert_eq!(VERIFIER.verify_bytes(&changed).as_ref(), Ok(&report));
        // The input itself says which byte becomes which.
        let number = |from: &[u8]| {
            from.iter().fold(0, |sum: usize, byte| {
                sum.wrapping_mul(31) + usize::from(*byte)
            })
        };
        let at = number(bytes) % changed.len();
        changed[at] = bytes
            .get(number(bytes) % bytes.len())
            .copied()
            .unwrap_or_default();
        if VERIFIER
            .verify_bytes(&changed)
            .is_ok_and(|report| report.valid)
        {
            let changed = Receipt::parse(&changed).expect("it was judged");
            assert_eq!(changed.body(), made.body(), "only a spelling may change");
        }
    }
    let unsigned = made
        .body()
        .clone()
        .into_unsigned()
        .expect("it could be signed");
    assert!(!VERIFIER.verify(&unsigned).valid);
}

/// Whether a digest, key or signature is none.
fn is_malformed(receipt: &Receipt) -> bool {
    fn bad<T>(value: &Spelled<T>) -> bool {
        value.valid().is_none()
    }
    let Body {
        pipeline_hash,
        steps,
        causal_chain_hash,
        provenance,
        ..
    } = receipt.body();
    let seal = receipt.seal();
    bad(pipeline_hash)
        || seal.signature.as_ref().is_some_and(bad)
        || seal.signer_public_key.as_ref().is_some_and(bad)
        || causal_chain_hash.as_ref().is_some_and(bad)
        || steps.iter().any(|step| {
            bad(&step.input_hash)
                || bad(&step.output_hash)
                || step.capsule_hash.as_ref().is_some_and(bad)
        })
        || provenance.as_ref().is_some_and(|provenance| {
            provenance.steps.iter().any(|step| bad(&step.command_hash))
                || provenance
                    .artifacts
                    .iter()
                    .any(|artifact| bad(&artifact.digest))
        })
}
