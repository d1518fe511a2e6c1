//! Every policy in one table: what meets it, and what does not, with the code and the values that the violation names.

use crate::bodies::{full, key};
use attest_core::digest::Digest;
use attest_core::receipt::{Body, Control, ControlStatus, Receipt};
use attest_core::trust::TrustedKey;
use attest_core::verify::{Evidence, Recomputed, Verifier, Violation, policy};

/// A policy, what is changed in a receipt in which every policy could be met, and the violation: code, step, expected,
/// found; the code `met` where there is none.
type Row = (&'static str, fn(&mut Body), [&'static str; 4]);

const MET: [&str; 4] = ["met", "", "", ""];
/// Stands in the table for the key id of the receipts' signer.
const KEY: &str = "KEY";
/// … for the digests of the contents `pipeline`, `app`, `other`.
const PIPELINE: &str = "PIPELINE";
const APP: &str = "APP";
const OTHER: &str = "OTHER";

fn no_change(_: &mut Body) {}

fn control(body: &mut Body, name: &str, status: ControlStatus) {
    let (name, detail) = (name.to_owned(), "as the test says".to_owned());
    let isolation = body.isolation.as_mut().unwrap();
    isolation.controls.push(Control {
        name,
        status,
        detail,
    });
}

fn source(body: &mut Body) -> &mut attest_core::receipt::Source {
    body.provenance.as_mut().unwrap().source.as_mut().unwrap()
}

const TABLE: &[Row] = &[
    ("require-signature", no_change, MET),
    ("require-success", no_change, MET),
    (
        "require-success",
        |b| b.steps[1].exit_code = 3,
        ["step_failed", "b", "0", "3"],
    ),
    (
        "require-success",
        |b| b.steps.truncate(1),
        ["step_not_run", "b", "", ""],
    ),
    (
        "require-success",
        |b| b.provenance = None,
        ["no_provenance", "", "", ""],
    ),
    ("require-tests:a", no_change, MET),
    ("require-tests", no_change, ["step_missing", "", "", ""]),
    (
        "require-tests:a",
        |b| b.steps[0].cache_hit = true,
        ["step_cached", "a", "", ""],
    ),
    (
        "require-tests:a",
        |b| b.steps[0].exit_code = 1,
        ["step_failed", "a", "0", "1"],
    ),
    ("security-scan:b", no_change, MET),
    ("security-scan", no_change, ["step_missing", "", "", ""]),
    ("require-reproducible", no_change, MET),
    (
        "require-reproducible",
        |b| b.reproducibility = None,
        ["not_reproducible", "", "verified", ""],
    ),
    (
        "require-reproducible",
        |b| b.reproducibility.as_mut().unwrap().verified = false,
        ["not_reproducible", "", "verified", "not verified"],
    ),
    (
        "require-reproducible",
        |b| b.reproducibility.as_mut().unwrap().runs = 1,
        ["not_reproducible", "", "at least 2 runs", "1 runs"],
    ),
    ("require-clean-source", no_change, MET),
    (
        "require-clean-source",
        |b| source(b).tracked_dirty = true,
        ["source_dirty", "", "clean", "dirty"],
    ),
    (
        "require-clean-source",
        |b| b.provenance.as_mut().unwrap().source = None,
        ["source_missing", "", "clean", ""],
    ),
    (
        "require-clean-source",
        |b| b.provenance = None,
        ["source_missing", "", "clean", ""],
    ),
    (
        "require-isolation:filesystem",
        |b| control(b, "filesystem", ControlStatus::Enforced),
        MET,
    ),
    (
        "require-isolation:network",
        no_change,
        ["control_not_enforced", "", "enforced", "not-enforced"],
    ),
    (
        "require-isolation:memory",
        |b| control(b, "memory", ControlStatus::NotAvailable),
        ["control_not_enforced", "", "enforced", "not-available"],
    ),
    // Two of one name that contradict each other, in either order.
    (
        "require-isolation:network",
        |b| control(b, "network", ControlStatus::Enforced),
        ["control_not_enforced", "", "enforced", "not-enforced"],
    ),
    (
        "require-isolation:filesystem",
        no_change,
        ["control_missing", "", "enforced", ""],
    ),
    (
        "require-isolation:network",
        |b| b.isolation = None,
        ["control_missing", "", "enforced", ""],
    ),
    // Names are compared whole.
    (
        "require-isolation:net",
        no_change,
        ["control_missing", "", "enforced", ""],
    ),
    ("max-age-30m", no_change, MET),
    ("max-age-10m", no_change, ["too_old", "", "600s", "1800s"]),
    ("signer:ci@example.com", no_change, MET),
    ("signer:KEY", no_change, MET),
    (
        "signer:other@example.com",
        no_change,
        ["signer_mismatch", "", "other@example.com", "ci@example.com"],
    ),
    (
        "signer:00000000000000000000000000000000",
        no_change,
        [
            "signer_mismatch",
            "",
            "00000000000000000000000000000000",
            KEY,
        ],
    ),
    ("pipeline:PIPELINE", no_change, MET),
    (
        "pipeline:OTHER",
        no_change,
        ["pipeline_hash_mismatch", "", OTHER, PIPELINE],
    ),
    ("source:https://example.com/r.git@c0ffee", no_change, MET),
    (
        "source:git@example.com:r.git@c0ffee",
        |b| source(b).repository = Some("git@example.com:r.git".to_owned()),
        MET,
    ),
    (
        "source:https://example.com/r@c0ffee",
        no_change,
        [
            "repository_mismatch",
            "",
            "https://example.com/r",
            "https://example.com/r.git",
        ],
    ),
    (
        "source:https://example.com/r.git@c0ffee",
        |b| source(b).repository = None,
        ["repository_mismatch", "", "https://example.com/r.git", ""],
    ),
    (
        "source:https://example.com/r.git@c0ff",
        no_change,
        ["commit_mismatch", "", "c0ff", "c0ffee"],
    ),
    (
        "source:r@c0ffee",
        |b| b.provenance.as_mut().unwrap().source = None,
        ["source_missing", "", "r@c0ffee", ""],
    ),
    (
        "source:r@c0ffee",
        |b| b.provenance = None,
        ["source_missing", "", "r@c0ffee", ""],
    ),
    ("invocation:exec_1", no_change, MET),
    (
        "invocation:exec_2",
        no_change,
        ["invocation_id_mismatch", "", "exec_2", "exec_1"],
    ),
    (
        "invocation:exec_1",
        |b| b.provenance = None,
        ["invocation_id_mismatch", "", "exec_1", ""],
    ),
    ("step:a", no_change, MET),
    (
        "step:a",
        |b| b.steps[0].exit_code = 7,
        ["step_failed", "a", "0", "7"],
    ),
    ("step:c", no_change, ["step_missing", "c", "", ""]),
    ("artifact:out/app=APP", no_change, MET),
    (
        "artifact:out/app=OTHER",
        no_change,
        ["artifact_mismatch", "", OTHER, APP],
    ),
    (
        "artifact:out/lib=APP",
        no_change,
        ["artifact_missing", "", APP, ""],
    ),
    (
        "artifact:out/a=b=APP",
        |b| b.provenance.as_mut().unwrap().artifacts[0].path = "out/a=b".to_owned(),
        MET,
    ),
    (
        "artifact:out/app=APP",
        |b| b.provenance.as_mut().unwrap().artifacts[0].algorithm = "sha256".to_owned(),
        ["artifact_missing", "", APP, ""],
    ),
    (
        "artifact:out/app=APP",
        |b| b.provenance = None,
        ["artifact_missing", "", APP, ""],
    ),
    ("no-cache-hits", no_change, MET),
    (
        "no-cache-hits",
        |b| b.steps[1].cache_hit = true,
        ["step_cached", "b", "", ""],
    ),
];

/// With what the table's placeholders stand for.
fn written(text: &str) -> String {
    [
        (KEY, key(1).id().to_string()),
        (PIPELINE, Digest::of(b"pipeline").to_string()),
        (APP, Digest::of(b"app").to_string()),
        (OTHER, Digest::of(b"other").to_string()),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (name, value)| {
        text.replace(name, &value)
    })
}

fn found(violation: Option<&Violation>) -> [String; 4] {
    let Some(violation) = violation else {
        return MET.map(str::to_owned);
    };
    assert!(!violation.message.is_empty());
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        violation.code.to_string(),
        or_empty(&violation.step),
        or_empty(&violation.expected),
        or_empty(&violation.found),
    ]
}

fn verifier(policy: &str) -> Verifier {
    let trusted = TrustedKey::new(key(1).public_key()).signer("ci@example.com");
    Verifier::builder()
        .trusted_key(trusted)
        .unwrap()
        .policy(policy)
        .unwrap()
        .now("2026-11-24T12:30:00Z".parse().unwrap())
        .build()
}

fn receipt(change: impl FnOnce(&mut Body)) -> Receipt {
    let mut body = full();
    change(&mut body);
    body.sign(&key(1)).unwrap()
}

#[test]
fn each_policy_is_met_or_says_what_it_expected_and_found() {
    for (policy, change, expected) in TABLE {
        let policy = written(policy);
        let report = verifier(&policy).verify(&receipt(change));
        let violations = &report.policy_compliance.violations;
        let expected = expected.map(written);
        assert_eq!(
            found(violations.first()),
            expected,
            "{policy}: {violations:#?}"
        );
        assert_eq!(report.valid, expected[0] == "met", "{policy}: {report:#?}");
        assert!(
            violations
                .iter()
                .all(|violation| violation.policy == policy)
        );
    }
}

#[test]
fn every_policy_is_in_the_table() {
    let name = |text: &str| {
        let name = text.split([':', '[', '<']).next().unwrap();
        // `max-age-24h` carries its value in its name.
        let digits = name.find(|c: char| c.is_ascii_digit());
        digits.map_or(name, |at| &name[..at]).to_owned()
    };
    for pattern in policy::patterns().filter(|pattern| *pattern != "require-recompute") {
        let listed = TABLE
            .iter()
            .any(|(policy, ..)| name(policy) == name(pattern));
        assert!(listed, "{pattern} is in no row");
    }
}

/// Without a signature that verifies nobody signed, and one whom the verifier does not trust is not believed to be
/// anybody.
#[test]
fn a_signer_is_asked_for_among_the_trusted_alone() {
    let signed = receipt(no_change);
    let id = key(1).id().to_string();
    let asked = |verifier: Verifier, text: &str| {
        let report = verifier.verify_bytes(text.as_bytes()).unwrap();
        assert!(!report.valid);
        found(report.policy_compliance.violations.first())
    };
    for policy in [format!("signer:{id}"), "signer:ci@example.com".to_owned()] {
        let expected = policy.split_once(':').unwrap().1;
        let stranger = Verifier::builder().policy(&policy).unwrap().build();
        assert_eq!(
            asked(stranger, &signed.to_json()),
            ["signer_not_trusted", "", expected, &id]
        );
        let changed = signed.to_json().replace("built", "bulit");
        assert_eq!(
            asked(verifier(&policy), &changed),
            ["signature_failed", "", expected, ""]
        );
        let unsigned = full().into_unsigned().unwrap().to_json();
        assert_eq!(
            asked(verifier(&policy), &unsigned),
            ["signature_failed", "", expected, ""]
        );
    }
}

/// A text in the form of a key id is never a name: nobody can be called by another's key id.
#[test]
fn a_key_id_is_no_identity() {
    let other = key(2).id().to_string();
    let verifier = Verifier::builder()
        .trusted_key(TrustedKey::new(key(1).public_key()).signer(&other))
        .unwrap()
        .policy(&format!("signer:{other}"))
        .unwrap()
        .now("2026-11-24T12:30:00Z".parse().unwrap())
        .build();
    let report = verifier.verify(&receipt(no_change));
    let violation = report.policy_compliance.violations.first();
    assert_eq!(
        found(violation),
        ["signer_mismatch", "", &other, &key(1).id().to_string()]
    );
}

#[test]
fn require_recompute_says_that_nothing_was_derived() {
    let (verifier, receipt) = (verifier("require-recompute"), receipt(no_change));
    let report = verifier.verify(&receipt);
    let violation = report.policy_compliance.violations.first();
    assert_eq!(found(violation), ["not_recomputed", "", "", ""]);
    let derived = Evidence::from(Recomputed::Match);
    assert!(verifier.verify_with(&receipt, &derived).valid);
}
