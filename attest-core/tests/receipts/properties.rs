//! Laws of receipts: what is written is read again, renderings do not matter, and every change is seen.

use crate::bodies::{body, full, key};
use attest_core::receipt::{Receipt, Rendering};
use attest_core::verify::{CheckName, Status, Verifier};
use proptest::prelude::*;
use serde_json::Value;

fn verifier() -> Verifier {
    let far = "9999-12-31T23:59:59Z".parse().unwrap();
    Verifier::builder()
        .trusted_key(key(1).public_key())
        .unwrap()
        .now(far)
        .build()
}

fn refused(text: &str) -> bool {
    verifier()
        .verify_bytes(text.as_bytes())
        .map_or(true, |report| !report.valid)
}

/// The same receipt as the command-line tool's library would write it.
fn written_by_the_tool(receipt: &Receipt) -> String {
    let bare: String = receipt
        .to_json()
        .replace("\"blake3:", "\"")
        .replace("\"ed25519:", "\"");
    serde_norway::to_string(&serde_json::from_str::<Value>(&bare).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again_in_both_renderings(body in body()) {
        let receipt = body.sign(&key(1)).unwrap();
        for (text, rendering) in [(receipt.to_json(), Rendering::Prefixed), (receipt.to_yaml(), Rendering::Bare)] {
            let again = Receipt::parse(text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}"));
            prop_assert_eq!(&again, &receipt);
            prop_assert_eq!(again.rendering(), rendering);
            prop_assert_eq!(again.body().canonical_bytes(), receipt.body().canonical_bytes());
            prop_assert_eq!(again.hash(), receipt.hash());
            prop_assert!(verifier().verify(&again).valid);
        }
    }

    #[test]
    fn the_library_of_the_command_line_tool_reads_our_yaml_and_we_read_its(body in body()) {
        let receipt = body.sign(&key(1)).unwrap();
        let ours: Value = serde_norway::from_str(&receipt.to_yaml()).unwrap_or_else(|e| panic!("{e}\n{}", receipt.to_yaml()));
        let theirs = written_by_the_tool(&receipt);
        prop_assert_eq!(&ours, &serde_norway::from_str::<Value>(&theirs).unwrap());
        let again = Receipt::parse(theirs.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{theirs}"));
        prop_assert_eq!(&again, &receipt, "{}", theirs);
    }

    #[test]
    fn steps_and_events_may_stand_in_any_order(body in body()) {
        let receipt = body.sign(&key(1)).unwrap();
        let mut value: Value = serde_json::from_str(&receipt.to_json()).unwrap();
        value["steps"].as_array_mut().unwrap().reverse();
        value["causal_events"].as_array_mut().unwrap().reverse();
        let again = Receipt::parse(value.to_string().as_bytes()).unwrap();
        prop_assert_eq!(&again, &receipt);
        prop_assert!(verifier().verify(&again).valid);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = verifier().verify_bytes(&bytes);
    }

    #[test]
    fn a_receipt_with_one_byte_changed_is_never_valid_as_another(index in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let receipt = full().sign(&key(1)).unwrap();
        for text in [receipt.to_json(), receipt.to_yaml()] {
            let mut bytes = text.into_bytes();
            let at = index.index(bytes.len());
            bytes[at] = byte;
            if let Ok(changed) = Receipt::parse(&bytes) && verifier().verify(&changed).valid {
                prop_assert_eq!(changed.body(), receipt.body(), "only a spelling may change");
            }
        }
    }
}

/// Every place of a JSON document, as a pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    if !at.is_empty() {
        found.push(at.to_owned());
    }
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(k, v)| places(v, &format!("{at}/{k}"), found)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, v)| places(v, &format!("{at}/{i}"), found)),
        _ => {}
    }
}

/// Other values of the same type, so that it is the signature that must refuse them.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(b) => vec![(!b).into()],
        Value::Number(n) => vec![(n.as_i64().unwrap() + 1).into()],
        Value::String(s) if s.starts_with("2026-") => vec!["2026-11-24T12:00:00.000000001Z".into()],
        Value::String(s) if s.len() > 60 => {
            let last = if s.ends_with('0') { "1" } else { "0" };
            vec![
                format!("{}{last}", &s[..s.len() - 1]).into(),
                s.to_uppercase().into(),
                s[1..].into(),
            ]
        }
        Value::String(s) => vec![format!("{s}x").into(), "".into()],
        Value::Array(items) if items.len() == 1 => vec![Value::Array(vec![])],
        Value::Array(items) => vec![Value::Array(items[1..].to_vec())],
        Value::Object(_) | Value::Null => vec![],
    }
}

#[test]
fn every_field_changed_alone_is_refused() {
    let receipt = full().sign(&key(1)).unwrap();
    assert!(!refused(&receipt.to_json()));
    let value: Value = serde_json::from_str(&receipt.to_json()).unwrap();
    let mut all = Vec::new();
    places(&value, "", &mut all);
    assert!(all.len() > 80, "{}", all.len());
    for place in &all {
        let original = value.pointer(place).unwrap();
        // Whoever adds a field to the model gives the full body a value of it, and so this test.
        assert!(
            !original.is_null() && *original != serde_json::json!([]),
            "{place} says nothing"
        );
        let any = [Value::Null, 7.into(), "other".into()];
        for other in others(original)
            .into_iter()
            .chain(any)
            .filter(|other| other != original)
        {
            let mut changed = value.clone();
            *changed.pointer_mut(place).unwrap() = other.clone();
            assert!(refused(&changed.to_string()), "{place} = {other}");
            let yaml = serde_norway::to_string(&changed).unwrap();
            assert!(refused(&yaml), "{place} = {other} in YAML");
        }
    }
}

#[test]
fn every_field_left_out_or_added_is_refused() {
    let receipt = full().sign(&key(1)).unwrap();
    let value: Value = serde_json::from_str(&receipt.to_json()).unwrap();
    let mut all = vec![String::new()];
    places(&value, "", &mut all);
    let mut maps = 0;
    for place in &all {
        let Some(map) = value.pointer(place).unwrap().as_object() else {
            continue;
        };
        maps += 1;
        for name in map.keys() {
            let mut changed = value.clone();
            changed
                .pointer_mut(place)
                .unwrap()
                .as_object_mut()
                .unwrap()
                .shift_remove(name);
            assert!(refused(&changed.to_string()), "{place} without {name}");
        }
        let mut changed = value.clone();
        changed
            .pointer_mut(place)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .insert("extra".to_owned(), Value::Null);
        let report = verifier()
            .verify_bytes(changed.to_string().as_bytes())
            .unwrap();
        assert_eq!(
            report.check(CheckName::Schema).unwrap().status,
            Status::Fail,
            "{place} with a field more"
        );
    }
    assert_eq!(maps, 13);
}

#[test]
fn a_native_execution_takes_no_other_field() {
    let mut body = full();
    body.provenance.as_mut().unwrap().execution = Some(attest_core::receipt::Execution::Native);
    let text = body.sign(&key(1)).unwrap().to_json();
    assert!(!refused(&text));
    let changed = text.replace(r#"{"mode":"native"}"#, r#"{"mode":"native","extra":1}"#);
    assert_ne!(changed, text);
    assert!(refused(&changed));
}
