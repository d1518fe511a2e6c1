//! The verdict: which check fails for what, whom a verifier believes, and what policies ask.

use crate::bodies::{full, key};
use attest_core::digest::Digest;
use attest_core::receipt::{Body, Receipt};
use attest_core::trust::{Standing, TrustStore, TrustedKey};
use attest_core::verify::{
    Builder, CheckName, Expect, Outcome, Recomputed, Report, Status, TrustState, Verifier,
};
use chrono::{DateTime, Utc};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Half an hour after the receipt.
fn now() -> DateTime<Utc> {
    at("2026-11-24T12:30:00Z")
}

fn builder() -> Builder {
    Verifier::builder()
        .trusted_key(TrustedKey::new(key(1).public_key()).signer("ci@example.com"))
        .unwrap()
        .now(now())
}

fn signed() -> Receipt {
    full().sign(&key(1)).unwrap()
}

fn with(change: impl FnOnce(&mut Body)) -> Receipt {
    let mut body = full();
    change(&mut body);
    body.sign(&key(1)).unwrap()
}

fn check(report: &Report, name: CheckName) -> (Status, &str) {
    let check = report.check(name).unwrap();
    (check.status, &*check.code)
}

fn trusting(change: impl FnOnce(&mut TrustedKey)) -> Builder {
    let mut entry = TrustedKey::new(key(1).public_key());
    change(&mut entry);
    Verifier::builder().trusted_key(entry).unwrap().now(now())
}

#[test]
fn the_report_of_a_valid_receipt_has_this_json() {
    let report = builder()
        .policies(["require-signature", "max-age-24h"])
        .unwrap()
        .build()
        .verify(&signed());
    let expected = format!(
        concat!(
            r#"{{"valid":true,"checks":["#,
            r#"{{"name":"schema","status":"pass","code":"ok","detail":"the receipt has the structure of its schema version"}},"#,
            r#"{{"name":"consistency","status":"pass","code":"ok","detail":"the values are coherent"}},"#,
            r#"{{"name":"signature","status":"pass","code":"ok","detail":"the signature verifies"}},"#,
            r#"{{"name":"trust","status":"pass","code":"ok","detail":"the signer is trusted"}},"#,
            r#"{{"name":"timestamp","status":"pass","code":"ok","detail":"the receipt's time is possible"}},"#,
            r#"{{"name":"binding","status":"skipped","code":"not_asked","detail":"nothing was asked of this check"}},"#,
            r#"{{"name":"policy","status":"pass","code":"ok","detail":"every policy is met"}},"#,
            r#"{{"name":"artifacts","status":"skipped","code":"not_asked","detail":"nothing was asked of this check"}},"#,
            r#"{{"name":"recompute","status":"skipped","code":"not_asked","detail":"nothing was asked of this check"}}],"#,
            r#""signature_verification":{{"valid":true,"signer":"ci@example.com","key_id":"{id}","algorithm":"ed25519","trusted":true}},"#,
            r#""policy_compliance":{{"passed":true,"evaluated":["require-signature","max-age-24h"],"violations":[]}},"#,
            r#""timestamp_check":{{"valid":true,"age_hours":0.5,"source":"receipt"}},"#,
            r#""receipt_hash":"{hash}","#,
            r#""execution":{{"outcome":"success","failed_steps":[]}},"#,
            r#""trust_material":{{"state":"given","as_of":null}},"#,
            r#""warnings":[]}}"#,
        ),
        id = key(1).id(),
        hash = signed().hash(),
    );
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
}

#[test]
fn a_violation_names_policy_step_and_values() {
    let failed = with(|b| b.steps[1].exit_code = 3);
    let report = builder()
        .policy("require-success")
        .unwrap()
        .build()
        .verify(&failed);
    let violation = serde_json::to_value(&report.policy_compliance.violations[0]).unwrap();
    let expected = serde_json::json!({
        "policy": "require-success", "code": "step_failed", "message": "step \"b\" exited with 3",
        "step": "b", "expected": "0", "found": "3",
    });
    assert_eq!(violation, expected);
}

#[test]
fn a_failed_run_is_authentic_and_warned_about() {
    let failed = with(|b| b.steps[0].exit_code = 1);
    let report = builder().build().verify(&failed);
    assert!(report.valid);
    assert_eq!(
        (
            report.execution.outcome,
            report.execution.failed_steps.as_slice()
        ),
        (Outcome::Failure, &["a".to_owned()][..])
    );
    assert_eq!(report.warnings[0].code, "run_failed");
}

#[test]
fn the_outcome_needs_the_plan() {
    let outcome = |receipt: Receipt| builder().build().verify(&receipt).execution.outcome;
    assert_eq!(outcome(with(|b| b.steps.truncate(1))), Outcome::Incomplete);
    assert_eq!(outcome(with(|b| b.provenance = None)), Outcome::Unknown);
    assert_eq!(
        outcome(with(|b| b.provenance.as_mut().unwrap().steps.truncate(1))),
        Outcome::Unknown
    );
}

#[test]
fn an_unsigned_receipt_is_never_valid() {
    let unsigned = full().into_unsigned().unwrap();
    let report = builder().build().verify(&unsigned);
    assert!(!report.valid);
    assert_eq!(
        check(&report, CheckName::Signature),
        (Status::Fail, "unsigned")
    );
    assert_eq!(
        check(&report, CheckName::Trust),
        (Status::Skipped, "signature_failed")
    );
    let asked = builder()
        .policy("require-signature")
        .unwrap()
        .build()
        .verify(&unsigned);
    assert_eq!(asked.policy_compliance.violations[0].code, "unsigned");
}

#[test]
fn the_key_in_the_receipt_proves_nothing() {
    let untrusting = [
        (Verifier::builder(), "no_trusted_keys", TrustState::None),
        (
            Verifier::builder().trusted_keys::<&str>([]).unwrap(),
            "signer_not_trusted",
            TrustState::Given,
        ),
        (
            Verifier::builder()
                .trusted_key(key(2).public_key())
                .unwrap(),
            "signer_not_trusted",
            TrustState::Given,
        ),
        (
            Verifier::builder().trust_store(TrustStore::new()),
            "signer_not_trusted",
            TrustState::Store,
        ),
    ];
    for (builder, code, state) in untrusting {
        let report = builder.now(now()).build().verify(&signed());
        assert!(!report.valid);
        assert_eq!(check(&report, CheckName::Signature).0, Status::Pass);
        assert_eq!(check(&report, CheckName::Trust), (Status::Fail, code));
        assert!(report.signature_verification.valid && !report.signature_verification.trusted);
        assert_eq!(report.signature_verification.signer, None);
        assert_eq!(report.trust_material.state, state);
    }
}

#[test]
fn a_signature_of_another_trusted_key_is_refused() {
    let text = signed()
        .to_json()
        .replace(&key(1).public_key().hex(), &key(2).public_key().hex());
    let verifier = builder()
        .trusted_key(TrustedKey::new(key(2).public_key()).signer("other@example.com"))
        .unwrap()
        .build();
    let report = verifier.verify_bytes(text.as_bytes()).unwrap();
    assert_eq!(
        check(&report, CheckName::Signature),
        (Status::Fail, "signature_invalid")
    );
    assert_eq!(
        report.signature_verification.signer, None,
        "nobody is named for a signature that is not theirs"
    );
}

#[test]
fn a_revoked_key_is_refused_and_its_date_needs_proof() {
    let revoked = |at: Option<&str>| {
        let at = at.map(self::at);
        trusting(move |k| k.standing = Standing::Revoked { at })
    };
    let later = Some("2026-11-24T12:00:01Z");
    for (verifier, valid) in [
        (revoked(None), false),
        (revoked(None).trust_receipt_timestamp(true), false),
        (revoked(later), false),
        (revoked(later).trust_receipt_timestamp(true), true),
        (
            revoked(Some("2026-11-24T12:00:00Z")).trust_receipt_timestamp(true),
            false,
        ),
    ] {
        let report = verifier.build().verify(&signed());
        assert_eq!(report.valid, valid, "{report:#?}");
        if valid {
            assert_eq!(report.warnings[0].code, "signer_time_believed");
        } else {
            assert_eq!(
                check(&report, CheckName::Trust),
                (Status::Fail, "key_revoked")
            );
        }
    }
}

#[test]
fn a_bound_of_a_key_counts_only_when_it_is_crossed() {
    let from = |t: &str| trusting(|k| k.valid_from = Some(at(t)));
    let until = |t: &str| trusting(|k| k.valid_until = Some(at(t)));
    for (verifier, code) in [
        (from("2026-11-24T12:00:00Z"), "ok"),
        (from("2026-11-24T12:00:01Z"), "key_not_yet_valid"),
        (until("2026-11-24T12:30:00Z"), "ok"),
        (until("2026-11-24T12:29:59Z"), "key_expired"),
        (
            until("2026-11-24T12:29:59Z").trust_receipt_timestamp(true),
            "ok",
        ),
        (
            until("2026-11-24T12:00:00Z").trust_receipt_timestamp(true),
            "ok",
        ),
        (
            until("2026-11-24T11:59:59Z").trust_receipt_timestamp(true),
            "key_expired",
        ),
    ] {
        let report = verifier.build().verify(&signed());
        assert_eq!(check(&report, CheckName::Trust).1, code);
        assert_eq!(report.valid, code == "ok");
    }
}

#[test]
fn a_time_in_the_future_is_refused_beyond_five_minutes() {
    for (now, valid, age) in [
        ("2026-11-24T11:55:00Z", true, 0.0),
        ("2026-11-24T11:54:59Z", false, 0.0),
        ("2026-11-24T14:30:00Z", true, 2.5),
    ] {
        let report = builder().now(at(now)).build().verify(&signed());
        assert_eq!(
            (report.valid, report.timestamp_check.valid),
            (valid, valid),
            "{now}"
        );
        assert_eq!(report.timestamp_check.age_hours, Some(age));
    }
}

#[test]
fn a_token_that_nobody_checked_is_refused() {
    let text = signed().to_json().replace(
        r#","isolation""#,
        r#","timestamp_token":"AAAA","isolation""#,
    );
    let report = builder().build().verify_bytes(text.as_bytes()).unwrap();
    assert_eq!(
        check(&report, CheckName::Signature).0,
        Status::Pass,
        "the token is not part of what is signed"
    );
    assert_eq!(
        check(&report, CheckName::Timestamp),
        (Status::Fail, "timestamp_token_unsupported")
    );
    assert!(!report.valid);
}

#[test]
fn a_valid_receipt_of_another_run_is_refused() {
    let expect = |change: fn(&mut Expect)| {
        let mut expect = Expect::default();
        change(&mut expect);
        builder().expect(expect).build().verify(&signed())
    };
    for (report, code) in [
        (expect(|e| e.invocation_id = Some("exec_1".into())), "ok"),
        (
            expect(|e| e.invocation_id = Some("exec_2".into())),
            "invocation_id_mismatch",
        ),
        (
            expect(|e| e.pipeline_hash = Some(Digest::of(b"pipeline"))),
            "ok",
        ),
        (
            expect(|e| e.pipeline_hash = Some(Digest::of(b"other"))),
            "pipeline_hash_mismatch",
        ),
        (expect(|e| e.commit = Some("c0ffee".into())), "ok"),
        (
            expect(|e| e.commit = Some("c0ffe".into())),
            "commit_mismatch",
        ),
    ] {
        assert_eq!(check(&report, CheckName::Binding).1, code);
        assert_eq!(report.valid, code == "ok");
    }
    let nameless = with(|b| b.provenance = None);
    let expect = Expect {
        invocation_id: Some(String::new()),
        ..Expect::default()
    };
    let report = builder().expect(expect).build().verify(&nameless);
    assert_eq!(
        check(&report, CheckName::Binding),
        (Status::Fail, "invocation_id_mismatch")
    );
}

#[test]
fn expected_artifacts_must_be_attested() {
    for (path, content, code) in [
        ("out/app", &b"app"[..], "ok"),
        ("out/app", b"other", "artifact_mismatch"),
        ("out/lib", b"app", "artifact_missing"),
    ] {
        let expect = Expect {
            artifacts: vec![(path.to_owned(), Digest::of(content))],
            ..Expect::default()
        };
        let report = builder().expect(expect).build().verify(&signed());
        assert_eq!(check(&report, CheckName::Artifacts).1, code);
        assert_eq!(report.valid, code == "ok");
    }
    assert_eq!(
        signed()
            .files_with(&Digest::of(b"app"))
            .next()
            .unwrap()
            .path,
        "out/app"
    );
}

#[test]
fn what_recomputing_gave_is_part_of_the_verdict() {
    let verifier = builder().build();
    for (recomputed, status, code) in [
        (Recomputed::Match, Status::Pass, "ok"),
        (
            Recomputed::Mismatch("x".into()),
            Status::Fail,
            "recompute_mismatch",
        ),
        (
            Recomputed::Failed("x".into()),
            Status::Fail,
            "recompute_failed",
        ),
    ] {
        let report = verifier.verify_with(&signed(), &recomputed.into());
        assert_eq!(check(&report, CheckName::Recompute), (status, code));
        assert_eq!(report.valid, status == Status::Pass);
    }
}

#[test]
fn a_document_that_is_no_receipt_gets_a_verdict_and_meets_no_policy() {
    let verifier = builder().policy("max-age-24h").unwrap().build();
    for text in ["", "{}", "[]", "a: b", "steps: []", "5"] {
        let report = verifier.verify_bytes(text.as_bytes()).unwrap();
        assert!(!report.valid && !report.policy_compliance.passed);
        assert_eq!(
            check(&report, CheckName::Schema),
            (Status::Fail, "schema_mismatch")
        );
        assert!(
            report.checks[1..]
                .iter()
                .all(|c| c.status == Status::Skipped && c.code == "schema_failed")
        );
        assert_eq!(
            (report.execution.outcome, report.receipt_hash),
            (Outcome::Unknown, None)
        );
    }
    let newer = signed()
        .to_json()
        .replace(r#""schema_version":3"#, r#""schema_version":4"#);
    let report = verifier.verify_bytes(newer.as_bytes()).unwrap();
    let schema = report.check(CheckName::Schema).unwrap();
    assert_eq!(schema.code, "unsupported_schema");
    assert!(
        schema.detail.contains("version 4") && schema.detail.contains("upgrade"),
        "{}",
        schema.detail
    );
}

#[test]
fn an_unreadable_document_is_an_error_with_its_place() {
    let verifier = builder().build();
    for text in ["{\"a\": 1", "a: 1\na: 2", "a: [", "\u{1}"] {
        verifier.verify_bytes(text.as_bytes()).unwrap_err();
    }
    let huge = vec![b' '; 16 * 1024 * 1024 + 1];
    assert!(
        verifier
            .verify_bytes(&huge)
            .unwrap_err()
            .to_string()
            .contains("16777216")
    );
}

#[test]
fn one_document_has_one_rendering() {
    let receipt = signed();
    let json = receipt.to_json();
    let hash = |b: &[u8]| Digest::of(b);
    let mixed = [
        (
            json.replacen(&hash(b"in").to_string(), &hash(b"in").hex(), 1),
            CheckName::Consistency,
            "digest_malformed",
        ),
        (
            json.replacen(&hash(b"app").to_string(), &hash(b"app").hex(), 1),
            CheckName::Consistency,
            "digest_malformed",
        ),
        (
            json.replace("signature\":\"ed25519:", "signature\":\""),
            CheckName::Signature,
            "signature_malformed",
        ),
        (
            json.replace("key\":\"ed25519:", "key\":\""),
            CheckName::Signature,
            "signer_malformed",
        ),
        (
            receipt
                .to_yaml()
                .replacen(&hash(b"out").hex(), &hash(b"out").to_string(), 1),
            CheckName::Consistency,
            "digest_malformed",
        ),
        (
            json.replacen(&hash(b"in").hex(), &hash(b"in").hex().to_uppercase(), 1),
            CheckName::Consistency,
            "digest_malformed",
        ),
    ];
    for (text, name, code) in mixed {
        let report = builder().build().verify_bytes(text.as_bytes()).unwrap();
        assert_eq!(check(&report, name), (Status::Fail, code), "{text}");
        assert!(!report.valid);
    }
}

#[test]
fn a_verifier_is_shared_between_threads() {
    let (verifier, receipt) = (builder().build(), signed());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..50).for_each(|_| assert!(verifier.verify(&receipt).valid)));
        }
    });
}

#[test]
fn a_body_that_every_verifier_would_refuse_is_not_signed() {
    let refused = |change: fn(&mut Body)| {
        let mut body = full();
        change(&mut body);
        body.sign(&key(1)).unwrap_err().to_string()
    };
    assert!(refused(|b| b.steps.clear()).contains("no steps"));
    assert!(refused(|b| b.steps[1].name = "a".into()).contains("twice"));
    assert!(refused(|b| b.attest_version.clear()).contains("attest_version"));
    assert!(refused(|b| b.schema_version = Some(4)).contains("4"));
    let too_large = refused(|b| b.steps[1].stdout = "x".repeat(17 * 1024 * 1024));
    assert!(
        too_large.contains("receipt_too_large") && too_large.contains("\"b\""),
        "{too_large}"
    );
}

#[test]
fn a_body_is_signed_in_signed_order_whatever_its_own() {
    let mut shuffled = full();
    shuffled.steps.reverse();
    shuffled.causal_events.reverse();
    assert_eq!(shuffled.canonical_bytes(), full().canonical_bytes());
    assert_eq!(shuffled.hash(), full().hash());
}

/// Several readers guess at a time that is written otherwise, and not all of them the same.
#[test]
fn a_time_is_written_as_in_rfc_3339() {
    let written = |time: &str| {
        let mut json: serde_json::Value = serde_json::from_str(&signed().to_json()).unwrap();
        json["timestamp"] = time.into();
        Receipt::parse(json.to_string().as_bytes())
    };
    for time in [
        "2026-11-24T12:00:00Z",
        "2026-11-24t12:00:00z",
        "2026-11-24T13:00:00.5+01:00",
        "2026-11-24T12:00:60Z",
    ] {
        assert!(written(time).is_ok(), "{time}");
    }
    for time in [
        "2026-11-24T12:00:00",
        "2026-11-24T12:00Z",
        "2026-1-2T3:4:5Z",
        "26-11-24T12:00:00Z",
        "+2026-11-24T12:00:00Z",
        "2026-11-24 12:00:00 UTC",
        "2026-11-24 12:00:00Z",
        "2026-11-24T12:00:00+0100",
        "2026-11-24T12:00:00\u{2212}01:00",
        " 2026-11-24T12:00:00Z",
        "2026-11-24T12:00:00Z ",
        "2026-11-24T24:00:00Z",
        "1795521600",
        "",
    ] {
        let error = written(time).err().unwrap_or_else(|| panic!("{time}"));
        let error = error.to_string();
        assert!(
            error.contains("`timestamp` must be a time of RFC 3339"),
            "{time}: {error}"
        );
    }
}
