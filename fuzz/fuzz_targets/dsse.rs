//! DSSE envelopes: as they come, and one that was signed, with a piece of it replaced.
#![no_main]

use std::sync::LazyLock;

use attest_core::dsse::{self, Envelope};
use attest_core::export::{Content, Export, Options, Plan};
use attest_core::receipt::{Execution, Receipt, Spelled};
use attest_fuzz::known::{self, SIGNED, signing_key};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// The content of every artifact of the receipt that is exported.
const CONTENT: &[u8] = b"content";

static GENUINE: LazyLock<Export> = LazyLock::new(|| {
    let mut body = SIGNED[0].body().clone();
    let digest = Content::read(CONTENT).expect("it is in memory");
    let provenance = body.provenance.as_mut().expect("the vector has it");
    for artifact in &mut provenance.artifacts {
        artifact.digest = Spelled::Valid(*digest.blake3());
    }
    assert_eq!(provenance.execution, Some(Execution::Native));
    let receipt = known::signed(&body).expect("a consistent body");
    let now = "2026-11-26T12:00:00Z".parse().expect("a time");
    let plan =
        Plan::new(&receipt, signing_key(), &Options::default(), now).expect("a run that succeeded");
    let contents: Vec<Content> = plan
        .subjects()
        .map(|_| Content::read(CONTENT).expect("it is in memory"))
        .collect();
    plan.sign(&contents)
        .expect("the contents are those of the receipt")
});

fuzz_target!(|bytes: &[u8]| {
    laws(bytes);
    // Where, how much of it, and what comes in its place.
    if let [low, high, length, piece @ ..] = bytes {
        let mut changed = GENUINE.envelope().to_json().into_bytes();
        let at = usize::from(u16::from_le_bytes([*low, *high])) % changed.len();
        let end = changed.len().min(at + usize::from(*length));
        changed.splice(at..end, piece.iter().copied());
        laws(&changed);
    }
});

fn laws(bytes: &[u8]) {
    let Ok(envelope) = dsse::parse(bytes) else {
        return;
    };
    let written = envelope.to_json();
    assert_eq!(
        dsse::parse(written.as_bytes()).as_ref(),
        Ok(&envelope),
        "{written}"
    );
    assert!(!envelope.signatures().is_empty() && !written.contains('\n'));
    if envelope.verify(&signing_key().public_key()).is_ok() {
        let genuine = GENUINE.envelope();
        assert_eq!(
            payload(&envelope),
            payload(genuine),
            "believed, and nobody signed it"
        );
        assert_eq!(envelope.payload_type(), genuine.payload_type());
    }
    for key in SIGNED.iter().filter_map(Receipt::signer_public_key) {
        assert!(
            envelope.verify(&key).is_err(),
            "this key signed no envelope"
        );
    }
}

fn payload(envelope: &Envelope) -> Value {
    let value: Value = serde_json::from_str(&envelope.to_json()).expect("it was written");
    value["payload"].clone()
}
