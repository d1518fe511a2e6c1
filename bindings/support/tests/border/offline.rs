//! Receipts, verifiers, keys, manifests and webhooks: no network, and no runtime.

use attest_bindings_support::{Receipt, SigningKey, Verifier, manifest, utf8, webhook};
use attest_tests::binary;
use serde_json::{Value, json};

use crate::support::error_of;

fn receipt() -> Receipt {
    let path = binary::vectors().join("receipts/basic/receipt.yaml");
    Receipt::parse(&std::fs::read(path).unwrap()).unwrap()
}

fn verifier(options: &Value) -> Verifier {
    Verifier::new(options.to_string().as_bytes()).unwrap()
}

#[test]
fn a_receipt_is_signed_here_and_judged_by_whoever_trusts_the_key() {
    let key = SigningKey::generate().unwrap();
    let again = SigningKey::from_pem(&key.to_pem()).unwrap();
    assert_eq!(
        (again.public_key(), again.key_id()),
        (key.public_key(), key.key_id())
    );
    let signed = receipt().sign(&key).unwrap();
    assert_eq!(
        (signed.key_id(), signed.hash()),
        (Some(key.key_id()), receipt().hash())
    );
    let mine =
        verifier(&json!({"trusted_keys": [{"public_key": key.public_key(), "signer": "me"}]}));
    let report = mine.report(signed.to_yaml().as_bytes(), None).unwrap();
    assert_eq!(
        report,
        mine.report_of(&signed, None)
            .unwrap()
            .replace("\"prefixed\"", "\"bare\"")
    );
    assert!(mine.verify_of(&signed, None).unwrap());
    assert!(mine.verify(signed.to_json().as_bytes(), None).unwrap());
    let nobody = verifier(&json!({"trusted_keys": []}));
    assert!(!nobody.verify_of(&signed, None).unwrap());
    let report: Value = serde_json::from_str(&nobody.report_of(&signed, None).unwrap()).unwrap();
    assert_eq!(report["trust_material"]["state"], "given");
    let error = error_of(signed.verify());
    assert_eq!(error["kind"], "config", "it came through no client");
    assert!(
        error["message"].as_str().unwrap().contains("Verifier"),
        "{error}"
    );
    assert!(!format!("{key:?}").contains(key.to_pem().lines().nth(1).unwrap()));
    assert_eq!(
        error_of(SigningKey::from_pem("no key"))["kind"],
        "key_format"
    );
}

#[test]
fn a_verifiers_option_that_cannot_be_used_is_named() {
    let key = SigningKey::generate().unwrap().public_key();
    for (options, named) in [
        (json!({"trusted_key": []}), "`trusted_key`"),
        (json!({"trusted_keys": "x"}), "`trusted_keys`"),
        (json!({"trusted_keys": [key, "zz"]}), "zz"),
        (
            json!({"trusted_keys": [{"public_key": key, "sgner": "x"}]}),
            "`trusted_keys[0].sgner`",
        ),
        (json!({"trusted_keys": [], "trust_store": "/x"}), "not both"),
        (json!({"trust_store": "/none/such"}), "/none/such"),
        (json!({"policies": ["max-age-1w"]}), "max-age-1w"),
        (json!({"now": "today"}), "today"),
        (
            json!({"expect": {"invocation": "x"}}),
            "`expect.invocation`",
        ),
        (json!({"expect": {"pipeline_hash": "x"}}), "pipeline_hash"),
        // A variable that was not set must not switch off what it was to be compared with.
        (json!({"expect": {"commit": null}}), "`expect.commit`"),
        (
            json!({"expect": {"invocation_id": null}}),
            "`expect.invocation_id`",
        ),
        (json!({"trusted_keys": null}), "`trusted_keys`"),
        (json!({"expect": {"artifacts": {"a/b": "x"}}}), "a/b"),
    ] {
        let error = error_of(Verifier::new(options.to_string().as_bytes()));
        assert_eq!(error["kind"], "config", "{options}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(named), "{named}: {message}");
    }
}

#[test]
fn bytes_that_are_no_receipt_are_an_error_and_a_bad_receipt_is_a_verdict() {
    let verifier = verifier(&json!({"trusted_keys": []}));
    for bytes in [&b"\xff\xfe"[..], b"{", b"{\"a\":1,\"a\":2}"] {
        assert_eq!(
            error_of(verifier.report(bytes, None))["kind"],
            "receipt_format"
        );
        assert_eq!(error_of(Receipt::parse(bytes))["kind"], "receipt_format");
    }
    assert!(!verifier.verify(b"{}", None).unwrap());
}

#[test]
fn manifests_are_hashed_and_their_errors_name_the_path() {
    let workspace = tempfile::tempdir().unwrap();
    std::fs::write(workspace.path().join("a"), "x").unwrap();
    let hashed: Value =
        serde_json::from_str(&manifest::hash_outputs(workspace.path(), b"[\"a\"]").unwrap())
            .unwrap();
    let text = hashed["text"].as_str().unwrap();
    assert!(text.starts_with("attest-manifest/v1\nf:"), "{text}");
    assert_eq!(hashed["digest"], manifest::digest(text.as_bytes()));
    let inputs = manifest::hash_inputs(workspace.path(), "make", b"[\"a\"]").unwrap();
    assert!(inputs.contains("run:"), "{inputs}");
    let error = error_of(manifest::hash_inputs(
        workspace.path(),
        "make",
        b"[\"none\"]",
    ));
    assert_eq!(error["kind"], "io");
    assert!(
        error["message"].as_str().unwrap().contains("none"),
        "{error}"
    );
    for bad in [&b"\"a\""[..], b"[7]", b"[\"\xff\"]"] {
        assert_eq!(
            error_of(manifest::hash_outputs(workspace.path(), bad))["kind"],
            "validation_error"
        );
    }
}

#[test]
fn a_webhooks_bytes_that_are_no_text_are_no_signature() {
    let signature = b"sha256=734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a";
    assert!(webhook::verify(b"hello world", signature, b"secret"));
    assert!(!webhook::verify(b"hello world", b"\xff", b"secret"));
    assert!(!webhook::verify(b"hello world", signature, b"\xff"));
}

#[test]
fn text_that_is_no_utf8_is_refused_by_its_place() {
    assert_eq!(utf8("the id", "é".as_bytes()).unwrap(), "é");
    let error = error_of(utf8("the id", b"ab\xff"));
    assert_eq!(error["kind"], "validation_error");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("the id") && message.contains("byte 2"),
        "{message}"
    );
}
