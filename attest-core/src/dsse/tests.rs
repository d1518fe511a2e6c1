use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::*;
use crate::intoto::ResourceDescriptor;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&Zeroizing::new([seed; 32]))
}

fn envelope() -> Envelope {
    let subject = ResourceDescriptor {
        name: Some("out/app".to_owned()),
        digest: [("sha256".to_owned(), "00".to_owned())].into(),
        ..ResourceDescriptor::default()
    };
    let statement = Statement::new(vec![subject], "https://example.com/p", json!({"a": ["é"]}));
    Envelope::sign(&statement, &key(1))
}

/// The envelope's JSON with one place changed.
fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_str(&envelope().to_json()).unwrap();
    change(&mut value);
    value.to_string().into_bytes()
}

/// The example of the DSSE protocol (`protocol.md`, "Test Vectors"), and what its lengths count: bytes.
#[test]
fn the_pre_authentication_encoding_is_the_protocols() {
    for (payload_type, payload, expected) in [
        (
            "http://example.com/HelloWorld",
            "hello world",
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
        ),
        ("", "", "DSSEv1 0  0 "),
        ("é", "漢字", "DSSEv1 2 é 6 漢字"),
        ("a 1 b", "", "DSSEv1 5 a 1 b 0 "),
    ] {
        assert_eq!(pae(payload_type, payload.as_bytes()), expected.as_bytes());
    }
}

/// The envelope of the same example. Its signature is ECDSA over P-256: 64 bytes, and no Ed25519 key's.
#[test]
fn the_protocols_example_is_read_and_signed_by_no_key_of_ours() {
    let text = r#"{"payload": "aGVsbG8gd29ybGQ=",
 "payloadType": "http://example.com/HelloWorld",
 "signatures": [{"sig": "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]}"#;
    let read = parse(text.as_bytes()).unwrap();
    assert_eq!(read.payload, b"hello world");
    assert_eq!(read.signatures()[0].key_id, "");
    assert!(matches!(
        read.verify(&key(1).public_key()),
        Err(VerifyError::Signature(_))
    ));
}

#[test]
fn an_envelope_survives_its_json_and_gives_its_statement_to_the_key() {
    let made = envelope();
    let read = parse(made.to_json().as_bytes()).unwrap();
    assert_eq!(read, made);
    let statement = read.verify(&key(1).public_key()).unwrap();
    assert_eq!(statement.predicate, json!({"a": ["é"]}));
    // ssh-keygen -l of this key.
    assert_eq!(
        read.signatures()[0].key_id,
        "SHA256:fe85JkIjo8VPe+XqXJGH5Mau1EMFdK1OdKvJUFicyA8"
    );
}

#[test]
fn another_key_is_refused_whatever_the_envelope_says_of_its_own() {
    let other = key(2);
    let bytes =
        changed(|e| e["signatures"][0]["keyid"] = other.public_key().ssh_fingerprint().into());
    let read = parse(&bytes).unwrap();
    assert!(read.verify(&other.public_key()).is_err());
    assert!(read.verify(&key(1).public_key()).is_ok());
}

#[test]
fn a_changed_payload_type_payload_or_signature_is_refused() {
    let flip = |value: &mut Value| {
        let mut bytes = STANDARD.decode(value.as_str().unwrap()).unwrap();
        bytes[7] ^= 1;
        *value = STANDARD.encode(bytes).into();
    };
    for bytes in [
        changed(|e| flip(&mut e["payload"])),
        changed(|e| flip(&mut e["signatures"][0]["sig"])),
        changed(|e| e["payloadType"] = "application/vnd.in-toto+JSON".into()),
        changed(|e| e["signatures"][0]["sig"] = "".into()),
    ] {
        let error = parse(&bytes).unwrap().verify(&key(1).public_key());
        assert!(matches!(error, Err(VerifyError::Signature(_))), "{error:?}");
    }
}

#[test]
fn what_is_signed_and_no_statement_is_refused() {
    for (payload_type, payload, statement) in [
        ("text/plain", &b"hello"[..], false),
        (PAYLOAD_TYPE, b"hello", true),
        (PAYLOAD_TYPE, b"{}", true),
    ] {
        let signed = Envelope {
            payload: payload.to_vec(),
            payload_type: payload_type.to_owned(),
            signatures: vec![EnvelopeSignature {
                key_id: String::new(),
                bytes: key(1)
                    .sign_envelope(&pae(payload_type, payload))
                    .as_bytes()
                    .to_vec(),
            }],
        };
        let error = signed.verify(&key(1).public_key()).unwrap_err();
        assert_eq!(
            matches!(error, VerifyError::Statement(_)),
            statement,
            "{error}"
        );
    }
}

#[test]
fn one_good_signature_among_others_is_enough() {
    let bytes = changed(|e| {
        let good = e["signatures"][0].clone();
        e["signatures"] =
            json!([{"sig": "AAAA"}, {"keyid": "x", "sig": STANDARD.encode([0; 64])}, good]);
    });
    assert!(parse(&bytes).unwrap().verify(&key(1).public_key()).is_ok());
}

#[test]
fn both_alphabets_of_base64_are_read_and_nothing_looser() {
    let payload = [0xfb, 0xff, 0xbf, 0x00];
    for text in ["+/+/AA==", "-_-_AA=="] {
        assert_eq!(
            parse(&changed(|e| e["payload"] = text.into()))
                .unwrap()
                .payload,
            payload
        );
    }
    for text in [
        "+/-_AA==",
        "+/+/AA",
        "+/+/AB==",
        "+/+/\nAA==",
        " +/+/AA==",
        "+/+/AA===",
        "=",
    ] {
        let error = parse(&changed(|e| e["payload"] = text.into())).unwrap_err();
        assert!(
            matches!(
                error,
                ParseError::Base64 {
                    field: "payload",
                    ..
                }
            ),
            "{text:?}: {error}"
        );
    }
}

#[test]
fn what_is_no_envelope_is_refused_with_the_reason() {
    let text = envelope().to_json();
    let swap = |from: &str, to: &str| {
        let changed = text.replace(from, to);
        assert_ne!(changed, text, "{from}");
        changed.into_bytes()
    };
    for (bytes, reason) in [
        (Vec::new(), "EOF"),
        (b"payload: eA==".to_vec(), "expected value"),
        (b"\xff".to_vec(), "not a DSSE envelope"),
        (
            [text.as_bytes(), b"\n", text.as_bytes()].concat(),
            "trailing",
        ),
        (
            swap("\"payload\":", "\"Payload\":"),
            "missing field `payload`",
        ),
        (
            swap("\"payloadType\":", "\"payload_type\":"),
            "missing field",
        ),
        (swap("\"sig\":", "\"signature\":"), "missing field `sig`"),
        (
            swap("\"payloadType\":", "\"payloadType\":\"x\",\"payloadType\":"),
            "duplicate field",
        ),
        (
            swap("\"keyid\":", "\"keyid\":null,\"later\":"),
            "invalid type",
        ),
        (
            changed(|e| e["payloadType"] = "".into()),
            "payloadType is empty",
        ),
        (changed(|e| e["signatures"] = json!({})), "invalid type"),
        (changed(|e| e["signatures"] = json!([])), "no signature"),
        (
            changed(|e| e["signatures"] = vec![json!({"sig": ""}); MAX_SIGNATURES + 1].into()),
            "65 signatures",
        ),
        (vec![b' '; MAX_BYTES + 1], "16777217 bytes"),
        ("[".repeat(100_000).into_bytes(), "not a DSSE envelope"),
    ] {
        let error = parse(&bytes).unwrap_err().to_string();
        assert!(error.contains(reason), "{reason}: {error}");
        assert!(error.len() < 500);
    }
}

#[test]
fn unknown_fields_are_ignored() {
    let bytes = changed(|e| {
        e["later"] = json!({"payload": [1, {"sig": null}]});
        e["signatures"][0]["cert"] = "x".into();
    });
    assert!(parse(&bytes).unwrap().verify(&key(1).public_key()).is_ok());
}
