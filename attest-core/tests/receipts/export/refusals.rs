//! What is not exported, and content that is not signed.

use super::*;

#[test]
fn only_the_receipts_own_key_exports_it() {
    let receipt = signed(|_| {});
    let error = Plan::new(&receipt, &key(2), &Options::default(), now()).unwrap_err();
    assert_eq!(error.code(), "other_signer");
    let text = error.to_string();
    assert!(text.contains(&key(1).id().to_string()) && text.contains(&key(2).id().to_string()));
    assert_eq!(
        refused(&built().into_unsigned().unwrap(), &Options::default()),
        "unsigned"
    );
}

#[test]
fn a_receipt_that_does_not_verify_is_not_exported() {
    let text = signed(|_| {}).to_yaml();
    for (from, to, code) in [
        ("out/app\n", "out/apq\n", "signature_invalid"),
        (
            "total_duration_secs: 2",
            "total_duration_secs: 3",
            "signature_invalid",
        ),
    ] {
        let changed = Receipt::parse(text.replacen(from, to, 1).as_bytes()).unwrap();
        assert!(
            matches!(chosen(&changed, &Options::default()), Err(ExportError::NotValid { code: found, .. }) if found == code)
        );
    }
    let early = "2026-11-24T11:00:00Z".parse().unwrap();
    let (receipt, key) = (signed(|_| {}), key(1));
    let error = Plan::new(&receipt, &key, &Options::default(), early).unwrap_err();
    assert!(
        matches!(&error, ExportError::NotValid { code, .. } if code == "timestamp_in_future"),
        "{error}"
    );
}

#[test]
fn a_failed_or_unfinished_run_is_not_exported() {
    let failed = signed(|body| body.steps[1].exit_code = 1);
    let error = chosen(&failed, &Options::default()).unwrap_err();
    assert_eq!(error, ExportError::RunFailed(vec!["b".to_owned()]));
    let unfinished = signed(|body| body.steps.truncate(1));
    assert_eq!(refused(&unfinished, &Options::default()), "run_incomplete");
    let unplanned = signed(|body| body.provenance = None);
    assert_eq!(refused(&unplanned, &Options::default()), "run_incomplete");
}

#[test]
fn of_a_path_that_two_steps_wrote_either_content_is_attested() {
    let receipt = signed(|body| {
        let artifacts = &mut body.provenance.as_mut().unwrap().artifacts;
        let mut again = artifact("a", "out/app", Artifact::FILE);
        again.digest = Digest::of(b"other").into();
        artifacts.push(again);
    });
    let (key, options) = (key(1), subjects(&["out/app"]));
    for (content, taken) in [("out/app", true), ("other", true), ("third", false)] {
        let plan = Plan::new(&receipt, &key, &options, now()).unwrap();
        let signed = plan.sign(&[Content::read(content.as_bytes()).unwrap()]);
        assert_eq!(signed.is_ok(), taken, "{content}");
    }
}

#[test]
fn content_that_the_receipt_does_not_attest_is_not_signed() {
    let (receipt, key, options) = (signed(|_| {}), key(1), subjects(&["out/app"]));
    let plan = || Plan::new(&receipt, &key, &options, now()).unwrap();
    let error = plan()
        .sign(&[Content::read(&b"changed"[..]).unwrap()])
        .unwrap_err();
    let (found, attested) = (Digest::of(b"changed"), Digest::of(b"out/app"));
    assert!(
        matches!(&error, ExportError::Changed { path, .. } if path == "out/app"),
        "{error}"
    );
    let text = error.to_string();
    assert!(text.contains(&found.to_string()) && text.contains(&attested.to_string()));
    assert_eq!(plan().sign(&[]).unwrap_err().code(), "subject_missing");
    let mut foreign = built();
    foreign.provenance.as_mut().unwrap().artifacts[3].algorithm = "sha256".to_owned();
    let receipt = foreign.sign(&key).unwrap();
    assert_eq!(refused(&receipt, &options), "subject_not_attested");
}
