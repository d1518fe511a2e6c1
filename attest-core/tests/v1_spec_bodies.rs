//! The specification's bodies read into the wire types, and unknown content does no harm.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use attest_core::v1;
use serde_json::json;

#[test]
fn the_specs_create_body_is_read_whole() {
    let body = json!({
        "name": "web-app-build",
        "description": "Frontend application build pipeline",
        "config": {"version": "0.1", "steps": [
            {"name": "install", "run": "npm ci", "inputs": ["package.json"], "outputs": ["node_modules/"]},
            {"name": "build", "run": "npm run build", "inputs": ["src/"], "outputs": ["dist/"], "needs": ["install"]}
        ]}
    });
    let read: v1::CreatePipeline = serde_json::from_value(body.clone()).unwrap();
    assert_eq!(read.config.steps[1].needs, Some(vec!["install".to_owned()]));
    assert_eq!(serde_json::to_value(&read).unwrap(), body);
}

#[test]
fn an_unknown_status_and_an_unknown_field_are_kept_out_of_the_way() {
    let read: v1::Execution =
        serde_json::from_value(json!({"id": "exec_1", "status": "hibernating", "mood": "calm"}))
            .unwrap();
    assert_eq!(
        read.status,
        v1::ExecutionStatus::Other("hibernating".to_owned())
    );
    assert!(!read.status.is_terminal());
    assert_eq!(
        serde_json::to_value(&read.status).unwrap(),
        json!("hibernating")
    );
}

#[test]
fn a_receipt_keeps_its_bytes() {
    let text = r#"{"receipt": {"b" : 1,  "a":18446744073709551615},"verification":{"signature_valid":true,"timestamp_valid":true,"chain_of_trust":"verified"}}"#;
    let read: v1::ReceiptResponse = serde_json::from_str(text).unwrap();
    assert_eq!(
        read.receipt.get(),
        r#"{"b" : 1,  "a":18446744073709551615}"#
    );
}

#[test]
fn times_are_written_in_utc_with_as_few_digits_as_are_exact() {
    let time = v1::Timestamp::parse("2024-12-01T18:00:00.250+02:00").unwrap();
    assert_eq!(time.to_string(), "2024-12-01T16:00:00.250Z");
    assert_eq!(
        v1::Timestamp::from_unix_millis(time.unix_millis()),
        Some(time)
    );
    assert!(serde_json::from_value::<v1::Timestamp>(json!("yesterday")).is_err());
}
