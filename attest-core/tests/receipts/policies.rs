//! Each policy: when it is met, when it is not, and that nothing unknown is ever asked.

use crate::bodies::{full, key};
use attest_core::digest::Digest;
use attest_core::receipt::{Body, Receipt};
use attest_core::verify::{Evidence, Policy, Recomputed, Report, Verifier};
use serde_json::{Value, json};

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

/// The receipt's two steps under these names, in `steps` and in the plan.
fn named(body: &mut Body, first: &str, second: &str) {
    for (index, name) in [first, second].into_iter().enumerate() {
        body.steps[index].name = name.into();
        body.provenance.as_mut().unwrap().steps[index].name = name.into();
    }
}

/// The verdict on two steps of these names, changed.
fn of_two(policy: &str, first: &str, second: &str, change: impl FnOnce(&mut Body)) -> String {
    let receipt = receipt(|body| {
        named(body, first, second);
        change(body);
    });
    verdict(policy, &receipt)
}

#[test]
fn the_tests_are_told_by_their_names_and_all_of_them_have_to_pass() {
    for (first, second, code) in [
        ("test", "build", "met"),
        ("build", "test-unit", "met"),
        ("test", "tests", "met"),
        ("build", "unit-test", "step_missing"),
        ("build", "Test", "step_missing"),
        ("build", "tes", "step_missing"),
    ] {
        let code_of = |policy| of_two(policy, first, second, |_| ());
        assert_eq!(code_of("require-tests"), code, "{first} {second}");
    }
    let verdict = |change: fn(&mut Body)| of_two("require-tests", "test", "test-all", change);
    assert_eq!(verdict(|b| b.steps[0].exit_code = 1), "step_failed");
    assert_eq!(verdict(|b| b.steps[1].exit_code = 1), "step_failed");
    assert_eq!(verdict(|b| b.steps[1].cache_hit = true), "step_cached");
    assert_eq!(verdict(|b| b.steps.truncate(1)), "step_not_run");
    // Without a plan there is nothing to hold the steps against.
    let verdict = |change: fn(&mut Body)| of_two("require-tests", "test", "build", change);
    assert_eq!(verdict(|b| b.provenance = None), "met");
    assert_eq!(verdict(|b| b.steps[1].exit_code = 1), "met");
    assert_eq!(verdict(|b| b.steps[1].cache_hit = true), "met");
}

#[test]
fn scans_have_words_of_their_own() {
    for (name, code) in [
        ("scan", "met"),
        ("security-check", "met"),
        ("audit", "met"),
        ("auditors", "met"),
        ("test", "step_missing"),
        ("npm-audit", "step_missing"),
    ] {
        assert_eq!(
            of_two("security-scan", name, "build", |_| ()),
            code,
            "{name}"
        );
    }
    let failed = |body: &mut Body| body.steps[1].exit_code = 2;
    assert_eq!(
        of_two("security-scan", "scan", "audit", failed),
        "step_failed"
    );
    assert_eq!(of_two("security-scan:scan", "scan", "audit", failed), "met");
}

#[test]
fn named_tests_have_to_be_there_each_of_them() {
    let of = |policy: &str| of_two(policy, "unit", "integration", |_| ());
    assert_eq!(of("require-tests"), "step_missing");
    for met in [
        "unit",
        "integration",
        "unit,integration",
        "integration,unit,unit",
    ] {
        assert_eq!(of(&format!("require-tests:{met}")), "met", "{met}");
    }
    for missing in ["uni", "unit,e2e", "e2e,unit", "test"] {
        let policy = format!("require-tests:{missing}");
        assert_eq!(of(&policy), "step_missing", "{missing}");
    }
    let of = |change: fn(&mut Body)| {
        of_two(
            "require-tests:unit,integration",
            "unit",
            "integration",
            change,
        )
    };
    assert_eq!(of(|b| b.steps[1].exit_code = 1), "step_failed");
    assert_eq!(of(|b| b.steps[0].cache_hit = true), "step_cached");
    assert_eq!(of(|b| b.steps.truncate(1)), "step_not_run");
    // Of other steps nothing is asked, whatever they are called.
    assert_eq!(
        of_two("require-tests:unit", "unit", "test", |b| b.steps[1]
            .exit_code = 1),
        "met"
    );
}

#[test]
fn a_cached_test_did_not_run_here_unless_it_may_be_cached() {
    let cached = |policy| {
        of_two(policy, "test", "unit", |body| {
            body.steps.iter_mut().for_each(|step| step.cache_hit = true);
        })
    };
    assert_eq!(cached("require-tests"), "step_cached");
    assert_eq!(cached("require-tests:unit"), "step_cached");
    assert_eq!(cached("require-tests:allow-cached"), "met");
    assert_eq!(cached("require-tests:unit,allow-cached"), "met");
    assert_eq!(cached("security-scan:unit,test,allow-cached"), "met");
    let failed = |body: &mut Body| {
        body.steps[0].cache_hit = true;
        body.steps[0].exit_code = 1;
    };
    assert_eq!(
        of_two("require-tests:allow-cached", "test", "unit", failed),
        "step_failed"
    );
}

#[test]
fn no_step_at_all_meets_no_policy_about_steps() {
    // No key signs a receipt without steps; one that was emptied later is asked about them all the same.
    let mut json: Value = serde_json::from_str(&receipt(|_| ()).to_json()).unwrap();
    json["steps"] = json!([]);
    let empty = Receipt::parse(json.to_string().as_bytes()).unwrap();
    for policy in [
        "require-success",
        "require-tests",
        "require-tests:allow-cached",
        "require-tests:a",
        "security-scan",
        "security-scan:allow-cached",
        "no-cache-hits",
        "step:a",
    ] {
        let report = judge(policy, &empty, "2026-11-24T12:30:00Z");
        assert!(!report.policy_compliance.passed, "{policy}");
    }
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
        let evidence = Evidence {
            recomputed: recomputed.clone(),
            ..Evidence::default()
        };
        let report = verifier.verify_with(&receipt, &evidence);
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
        "Signer:x",
        "signers:x",
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
        "require-tests[:<step>,…,allow-cached]",
        "security-scan[:<step>,…,allow-cached]",
        "require-isolation:<control>",
        "require-reproducible",
        "require-clean-source",
        "signer:<identity or key id>",
        "source:<repository>@<commit>",
        "artifact:<path>=<digest>",
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
        "require-tests:",
        "require-tests:,",
        "require-tests:unit,",
        "require-tests:,unit",
        "require-tests:unit,,e2e",
        "require-tests:unit, e2e",
        "require-tests:unit:allow-cached",
        "require-tests:allow-cached,unit",
        "require-tests:allow-cached,allow-cached",
        "security-scan:allow-cached,",
    ] {
        let error = Policy::parse(text).expect_err(text).to_string();
        assert!(error.contains("it is written"), "{error}");
    }
}

#[test]
fn an_odd_argument_gets_an_error_of_its_own() {
    let public = key(1).public_key();
    let digest = Digest::of(b"app");
    let upper = public.id().to_string().to_uppercase();
    for (text, says) in [
        ("step".to_owned(), "missing"),
        ("require-isolation".to_owned(), "missing"),
        ("require-isolation:".to_owned(), "missing"),
        ("require-isolation: network".to_owned(), "\" network\""),
        (
            "require-isolation:network,filesystem".to_owned(),
            "one policy for each",
        ),
        ("require-reproducible:2".to_owned(), "takes no argument"),
        ("require-clean-source:".to_owned(), "takes no argument"),
        ("signer:".to_owned(), "missing"),
        ("signer:ci ".to_owned(), "blank"),
        (format!("signer:{public}"), "its key id is"),
        (format!("signer:{}", public.hex()), "its key id is"),
        (format!("signer:{upper}"), "lower case"),
        ("source:".to_owned(), "missing"),
        ("source:https://example.com/r.git".to_owned(), "no `@`"),
        ("source:@c0ffee".to_owned(), "\"\" is no repository"),
        (
            "source:https://example.com/r.git@".to_owned(),
            "\"\", which stands behind",
        ),
        // Without a commit the last `@` is the address's own.
        (
            "source:git@example.com:r.git".to_owned(),
            "\"example.com:r.git\"",
        ),
        (
            "source:https://me@example.com/r".to_owned(),
            "\"example.com/r\"",
        ),
        ("artifact:".to_owned(), "missing"),
        (format!("artifact:{digest}"), "no `=`"),
        (format!("artifact:={digest}"), "path is missing"),
        ("artifact:out/app=".to_owned(), "\"\" is no digest"),
        (
            "artifact:out/app=sha256:00".to_owned(),
            "\"sha256:00\" is no digest",
        ),
        (format!("artifact:./out/app={digest}"), "\"./out/app\""),
        (format!("artifact:/out/app={digest}"), "\"/out/app\""),
        (format!("artifact:out/../app={digest}"), "\"out/../app\""),
        (
            format!("artifact:out/app={}", digest.hex().to_uppercase()),
            "lower-case",
        ),
    ] {
        let error = Policy::parse(&text).expect_err(&text).to_string();
        assert!(error.contains(says), "{text}: {error}");
        assert!(error.contains("it is written"), "{text}: {error}");
    }
}
