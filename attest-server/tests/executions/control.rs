//! Ending executions.

use serde_json::{Value, json};

use crate::Workshop;
use crate::support::until;

fn running(shop: &Workshop, steps: Value) -> String {
    let execution = shop
        .server
        .execute(&shop.server.pipeline(steps), &json!({}));
    until("a line of the log", || {
        let logs = shop.server.get(&format!("/v1/executions/{execution}/logs"));
        (logs["total_lines"] != 0).then_some(())
    });
    execution
}

#[test]
fn a_running_execution_is_cancelled_with_everything_it_started() {
    let shop = Workshop::new(&[]);
    let execution = running(
        &shop,
        json!([
            {"name": "done", "run": "true"},
            {"name": "long", "run": "echo up; sleep 1000", "needs": ["done"]},
            {"name": "after", "run": "true", "needs": ["long"]},
        ]),
    );
    shop.server
        .post(&format!("/v1/executions/{execution}/cancel"), &json!({}));
    let ended = shop.server.ended(&execution);
    assert_eq!(
        (&ended["status"], &ended["exit_code"]),
        (&json!("cancelled"), &Value::Null)
    );
    let statuses: Vec<_> = ended["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["status"].clone())
        .collect();
    assert_eq!(statuses, ["completed", "cancelled", "cancelled"]);
    let receipt = shop
        .server
        .get(&format!("/v1/executions/{execution}/receipt"));
    assert_eq!(
        receipt["receipt"]["steps"].as_array().unwrap().len(),
        1,
        "what ran is attested"
    );
}

#[test]
fn cancelling_one_execution_leaves_others_alone() {
    let shop = Workshop::new(&[]);
    let gate = tempfile::tempdir().unwrap();
    let wait = format!(
        "echo up; while ! test -e {}/go; do sleep 0.01; done",
        gate.path().display()
    );
    let first = running(&shop, json!([{"name": "a", "run": &wait}]));
    let second = running(&shop, json!([{"name": "a", "run": &wait}]));
    shop.server
        .post(&format!("/v1/executions/{first}/cancel"), &json!({}));
    assert_eq!(shop.server.ended(&first)["status"], "cancelled");
    std::fs::write(gate.path().join("go"), "").unwrap();
    assert_eq!(shop.server.ended(&second)["status"], "completed");
}
