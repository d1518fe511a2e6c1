//! Each policy: when it is met, when it is not, and that nothing unknown is ever asked.

use crate::bodies::{full, key};
use attest_core::digest::Digest;
use attest_core::receipt::{Body, Receipt};
use attest_core::verify::{Policy, Recomputed, Report, Verifier};

fn receipt(change: impl FnOnce(&mut Body)) -> Receipt {
    let mut body = full();
    change(&mut body);
    body.sign(&key(1)).unwrap()
}

fn judge(policy: &str, receipt: &Receipt, now: &str) -> Report {
    let builder = Verifier::builder()
        .trusted_key(key(1).public_key())
        .unwrap();
    builder
        .policy(policy)
        .unwrap()
        .now(now.parse().unwrap())
        .build()
        .verify(receipt)
}

/// The code of the violation, `met` where there is none.
fn verdict(policy: &str, receipt: &Receipt) -> String {
    let report = judge(policy, receipt, "2026-11-24T12:30:00Z");
    assert_eq!(report.policy_compliance.evaluated, [policy]);
    assert_eq!(report.valid, report.policy_compliance.passed);
    report
        .policy_compliance
        .violations
        .first()
        .map_or("met".to_owned(), |v| v.code.clone())
}

#[test]
fn require_success_needs_every_planned_step_to_have_run_and_exited_0() {
    let verdict = |change: fn(&mut Body)| verdict("require-success", &receipt(change));
    assert_eq!(verdict(|_| ()), "met");
    assert_eq!(verdict(|b| b.steps[0].exit_code = -1), "step_failed");
    assert_eq!(verdict(|b| b.steps.truncate(1)), "step_not_run");
    assert_eq!(verdict(|b| b.provenance = None), "no_provenance");
    assert_eq!(
        verdict(|b| b.provenance.as_mut().unwrap().steps.truncate(1)),
        "step_not_planned"
    );
    assert_eq!(
        verdict(|b| b.provenance.as_mut().unwrap().steps.clear()),
        "step_not_planned"
    );
}

#[test]
fn no_cache_hits_needs_every_step_to_have_run_here() {
    let verdict = |change: fn(&mut Body)| verdict("no-cache-hits", &receipt(change));
    let here = |body: &mut Body| {
        body.steps
            .iter_mut()
            .for_each(|step| step.cache_hit = false)
    };
    assert_eq!(verdict(here), "met");
    assert_eq!(
        verdict(|b| {
            b.steps.iter_mut().for_each(|step| step.cache_hit = false);
            b.steps.last_mut().unwrap().cache_hit = true;
        }),
        "step_cached"
    );
}

#[test]
fn max_age_is_met_up_to_its_last_moment() {
    for (policy, now, met) in [
        ("max-age-60s", "2026-11-24T12:01:00Z", true),
        ("max-age-60s", "2026-11-24T12:01:00.000000001Z", false),
        ("max-age-90m", "2026-11-24T13:30:00Z", true),
        ("max-age-90m", "2026-11-24T13:30:01Z", false),
        ("max-age-24h", "2026-11-25T12:00:00Z", true),
        ("max-age-24h", "2026-11-25T12:00:01Z", false),
        ("max-age-7d", "2026-12-01T12:00:00Z", true),
        ("max-age-7d", "2026-12-01T12:00:01Z", false),
        ("max-age-0s", "2026-11-24T12:00:00Z", true),
    ] {
        assert_eq!(
            judge(policy, &receipt(|_| ()), now).valid,
            met,
            "{policy} at {now}"
        );
    }
}

#[test]
fn a_step_must_be_there_and_successful() {
    assert_eq!(verdict("step:a", &receipt(|_| ())), "met");
    assert_eq!(verdict("step:c", &receipt(|_| ())), "step_missing");
    assert_eq!(
        verdict("step:a", &receipt(|b| b.steps[0].exit_code = 1)),
        "step_failed"
    );
    assert_eq!(
        verdict("step:a", &receipt(|b| b.steps[1].exit_code = 1)),
        "met"
    );
    let colon = receipt(|b| b.steps[0].name = "a:b,c".into());
    assert_eq!(verdict("step:a:b,c", &colon), "met");
}

#[test]
fn a_pipeline_is_pinned_in_either_spelling() {
    let (right, wrong) = (Digest::of(b"pipeline"), Digest::of(b"other"));
    let receipt = receipt(|_| ());
    assert_eq!(verdict(&format!("pipeline:{right}"), &receipt), "met");
    assert_eq!(
        verdict(&format!("pipeline:{}", right.hex()), &receipt),
        "met"
    );
    assert_eq!(
        verdict(&format!("pipeline:{wrong}"), &receipt),
        "pipeline_hash_mismatch"
    );
}

#[test]
fn an_invocation_is_pinned() {
    assert_eq!(verdict("invocation:exec_1", &receipt(|_| ())), "met");
    assert_eq!(
        verdict("invocation:exec_2", &receipt(|_| ())),
        "invocation_id_mismatch"
    );
    assert_eq!(
        verdict("invocation:exec_1", &receipt(|b| b.provenance = None)),
        "invocation_id_mismatch"
    );
}

#[test]
fn require_recompute_is_met_by_a_match_alone() {
    let (receipt, now) = (receipt(|_| ()), "2026-11-24T12:30:00Z".parse().unwrap());
    let builder = Verifier::builder()
        .trusted_key(key(1).public_key())
        .unwrap();
    let verifier = builder
        .policy("require-recompute")
        .unwrap()
        .now(now)
        .build();
    for (recomputed, met) in [
        (None, false),
        (Some(Recomputed::Match), true),
        (Some(Recomputed::Mismatch("x".into())), false),
        (Some(Recomputed::Failed("x".into())), false),
    ] {
        let report = verifier.verify_with(&receipt, recomputed.as_ref());
        assert_eq!(
            (report.policy_compliance.passed, report.valid),
            (met, met),
            "{recomputed:?}"
        );
    }
}

#[test]
fn an_unknown_policy_is_an_error_that_lists_the_known() {
    for text in [
        "",
        "require-sucess",
        "Require-Success",
        " require-success",
        "max-agе-24h",
        "step",
        "maxage-24h",
        ":x",
    ] {
        let error = Policy::parse(text).expect_err(text).to_string();
        assert!(error.contains(&format!("{text:?}")), "{error}");
    }
    let error = Policy::parse("nothing").unwrap_err().to_string();
    for known in [
        "require-signature",
        "require-success",
        "require-recompute",
        "max-age-<n><s|m|h|d>",
        "pipeline:<hash>",
        "invocation:<id>",
        "step:<name>",
        "no-cache-hits",
    ] {
        assert!(error.contains(known), "{error}");
    }
}

#[test]
fn a_bad_argument_is_an_error_that_shows_the_form() {
    for text in [
        "require-success:x",
        "require-signature:",
        "max-age",
        "max-age-",
        "max-age-h",
        "max-age-24",
        "max-age-24w",
        "max-age--1h",
        "max-age-+1h",
        "max-age-1.5h",
        "max-age-99999999999999999999h",
        "max-age-9223372036854775807d",
        "max-age-24h:x",
        "max-age-1é",
        "step:",
        "invocation:",
        "pipeline:",
        "pipeline:abc",
        "pipeline:blake3:abc",
    ] {
        let error = Policy::parse(text).expect_err(text).to_string();
        assert!(error.contains("it is written"), "{error}");
    }
}
