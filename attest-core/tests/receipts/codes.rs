//! Every word that a report may carry is reached by some receipt: a word that nothing reaches is a promise nobody keeps.

use std::collections::BTreeSet;

use crate::bodies::{full, key};
use attest_core::digest::Digest;
use attest_core::receipt::{Body, ControlStatus};
use attest_core::trust::{Standing, TrustedKey};
use attest_core::verify::{
    Builder, Evidence, Expect, HeldFile, Recomputed, Report, TrustState, Verifier, code,
};

fn trusting(change: impl FnOnce(&mut TrustedKey)) -> Builder {
    let mut trusted = TrustedKey::new(key(1).public_key()).signer("ci@example.com");
    change(&mut trusted);
    Verifier::builder()
        .trusted_key(trusted)
        .unwrap()
        .now("2026-11-24T12:30:00Z".parse().unwrap())
}

fn builder() -> Builder {
    trusting(|_| ())
}

fn signed(change: impl FnOnce(&mut Body)) -> String {
    let mut body = full();
    change(&mut body);
    body.sign(&key(1)).unwrap().to_json()
}

fn good() -> String {
    signed(|_| ())
}

fn judge(builder: Builder, text: &str) -> Report {
    builder.build().verify_bytes(text.as_bytes()).unwrap()
}

fn asking(policy: &str, text: &str) -> Report {
    judge(builder().policy(policy).unwrap(), text)
}

fn beside(evidence: &Evidence) -> Report {
    let verifier = builder().build();
    verifier
        .verify_bytes_with(good().as_bytes(), evidence)
        .unwrap()
}

fn expecting(change: impl FnOnce(&mut Expect)) -> Report {
    let mut expect = Expect::default();
    change(&mut expect);
    judge(builder().expect(expect), &good())
}

fn reports() -> Vec<Report> {
    let (json, hash) = (good(), |text: &str| Digest::of(text.as_bytes()).to_string());
    let later = "2026-11-24T12:10:00Z".parse().unwrap();
    let source = |b: &mut Body, dirty: bool| {
        b.provenance
            .as_mut()
            .unwrap()
            .source
            .as_mut()
            .unwrap()
            .tracked_dirty = dirty;
    };
    let strip = |from: &str, name: &str| {
        let mut value: serde_json::Value = serde_json::from_str(from).unwrap();
        value[name] = serde_json::Value::Null;
        value.to_string()
    };
    let emptied = |name: &str, empty: serde_json::Value| {
        let mut value: serde_json::Value = serde_json::from_str(&json).unwrap();
        value[name] = empty;
        value.to_string()
    };
    vec![
        judge(builder(), &json),
        // The document.
        judge(builder(), "{}"),
        judge(
            builder(),
            &json.replace("schema_version\":3", "schema_version\":4"),
        ),
        judge(builder(), &json.replace(&hash("in"), "none")),
        judge(builder(), &json.replace("name\":\"b\"", "name\":\"a\"")),
        judge(builder(), &emptied("steps", serde_json::json!([]))),
        judge(builder(), &emptied("attest_version", serde_json::json!(""))),
        // The signature, and whose it is.
        judge(builder(), &full().into_unsigned().unwrap().to_json()),
        judge(builder(), &strip(&json, "signer_public_key")),
        judge(
            builder(),
            &emptied("signature", serde_json::json!("ed25519:00")),
        ),
        judge(
            builder(),
            &emptied("signer_public_key", serde_json::json!("ed25519:00")),
        ),
        judge(builder(), &json.replace("built", "bulit")),
        judge(Verifier::builder(), &json),
        judge(Verifier::builder().given_keys_alone(), &json),
        judge(
            trusting(|k| k.standing = Standing::Revoked { at: None }),
            &json,
        ),
        judge(trusting(|k| k.valid_from = Some(later)), &json),
        judge(trusting(|k| k.valid_until = Some(later)), &json),
        judge(
            trusting(|k| k.valid_until = Some(later)).trust_receipt_timestamp(true),
            &json,
        ),
        judge(
            builder().trust_material(TrustState::FetchedFromServer, None),
            &json,
        ),
        // The time.
        judge(
            builder().now("2026-11-24T11:00:00Z".parse().unwrap()),
            &json,
        ),
        judge(
            builder(),
            &emptied("timestamp_token", serde_json::json!("AAAA")),
        ),
        // What was expected, and what is at hand.
        expecting(|e| e.invocation_id = Some("exec_2".to_owned())),
        expecting(|e| e.pipeline_hash = Some(Digest::of(b"other"))),
        expecting(|e| e.commit = Some("other".to_owned())),
        expecting(|e| e.artifacts.push(("out/lib".to_owned(), Digest::of(b"app")))),
        expecting(|e| {
            e.artifacts
                .push(("out/app".to_owned(), Digest::of(b"other")))
        }),
        beside(&Evidence {
            files: vec![HeldFile::of("app", b"other")],
            ..Evidence::default()
        }),
        beside(&Recomputed::Mismatch("x".to_owned()).into()),
        beside(&Recomputed::Failed("x".to_owned()).into()),
        // Policies, and what a run is warned of.
        asking("require-recompute", &json),
        asking("max-age-1s", &json),
        asking("step:c", &json),
        asking("step:a", &signed(|b| b.steps[0].exit_code = 1)),
        asking("require-success", &signed(|b| b.steps.truncate(1))),
        asking(
            "require-success",
            &signed(|b| b.provenance.as_mut().unwrap().steps.truncate(1)),
        ),
        asking("require-success", &signed(|b| b.provenance = None)),
        asking("no-cache-hits", &signed(|b| b.steps[0].cache_hit = true)),
        asking("signer:other", &json),
        asking("source:r@c", &json),
        asking("source:r@c", &signed(|b| b.provenance = None)),
        asking("require-clean-source", &signed(|b| source(b, true))),
        asking("require-isolation:memory", &json),
        asking(
            "require-isolation:network",
            &signed(|b| {
                b.isolation.as_mut().unwrap().controls[0].status = ControlStatus::NotAvailable;
            }),
        ),
        asking(
            "require-reproducible",
            &signed(|b| b.reproducibility = None),
        ),
    ]
}

#[test]
fn every_word_is_reached() {
    let mut reached = BTreeSet::new();
    for report in reports() {
        let json = serde_json::to_value(&report).unwrap();
        let lists = [
            &json["checks"],
            &json["policy_compliance"]["violations"],
            &json["warnings"],
        ];
        for said in lists.into_iter().flat_map(|list| list.as_array().unwrap()) {
            reached.insert(said["code"].as_str().unwrap().to_owned());
        }
    }
    let known: BTreeSet<String> = code::ALL
        .iter()
        .map(|(word, _)| (*word).to_owned())
        .collect();
    let missed: Vec<_> = known.difference(&reached).collect();
    assert!(missed.is_empty(), "no receipt here reaches {missed:?}");
    let unknown: Vec<_> = reached.difference(&known).collect();
    assert!(unknown.is_empty(), "in no documentation: {unknown:?}");
}
