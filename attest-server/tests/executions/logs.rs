//! Log lines, whole and in parts.

use serde_json::{Value, json};

use crate::Workshop;

fn messages(page: &Value) -> Vec<&str> {
    page["logs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["message"].as_str().unwrap())
        .collect()
}

#[test]
fn lines_have_step_level_stream_and_a_growing_number() {
    let shop = Workshop::new(&[]);
    let ended = shop.run(json!([
        {"name": "one", "run": "echo out; sleep 0.2; echo err >&2"},
        {"name": "two", "run": "printf 'a\\nb\\nc'", "needs": ["one"]},
    ]));
    let logs = format!("/v1/executions/{}/logs", ended["id"].as_str().unwrap());
    let all = shop.server.get(&logs);
    assert_eq!(messages(&all), ["out", "err", "a", "b", "c"]);
    assert_eq!(
        (&all["total_lines"], &all["has_more"]),
        (&json!(5), &json!(false))
    );
    let first = &all["logs"][0];
    assert_eq!(
        (
            &first["step"],
            &first["level"],
            &first["stream"],
            &first["seq"]
        ),
        (&json!("one"), &json!("info"), &json!("stdout"), &json!(1))
    );
    assert_eq!(
        (&all["logs"][1]["level"], &all["logs"][1]["stream"]),
        (&json!("error"), &json!("stderr"))
    );

    let tail = shop.server.get(&format!("{logs}?step=two&tail=2"));
    assert_eq!(
        (messages(&tail), &tail["total_lines"], &tail["has_more"]),
        (vec!["b", "c"], &json!(3), &json!(true))
    );
    let after = shop.server.get(&format!("{logs}?after=2&tail=2"));
    assert_eq!(
        (messages(&after), &after["has_more"]),
        (vec!["a", "b"], &json!(true))
    );
    assert_eq!(
        messages(&shop.server.get(&format!("{logs}?after=4"))),
        ["c"]
    );
    assert_eq!(
        messages(&shop.server.get(&format!("{logs}?level=error"))),
        ["err"]
    );
    assert_eq!(
        messages(&shop.server.get(&format!("{logs}?stream=stdout&step=one"))),
        ["out"]
    );
    assert!(
        messages(
            &shop
                .server
                .get(&format!("{logs}?stream=stdout&level=error"))
        )
        .is_empty()
    );
    for (query, field) in [
        ("level=loud", "level"),
        ("tail=0", "tail"),
        ("tail=10001", "tail"),
        ("step=three", "step"),
    ] {
        let refused = shop.server.call("GET", &format!("{logs}?{query}"), None);
        assert_eq!(
            refused.error(400, "VALIDATION_ERROR")["details"]["field"],
            field
        );
    }
}

#[test]
fn a_walk_by_after_gives_every_line_of_a_flood_once() {
    let shop = Workshop::new(&[]);
    let ended = shop.run(json!([{"name": "flood", "run": "seq 1 50000"}]));
    let logs = format!("/v1/executions/{}/logs", ended["id"].as_str().unwrap());
    let (mut after, mut next) = (0, 1);
    loop {
        let page = shop.server.get(&format!("{logs}?after={after}&tail=10000"));
        for line in page["logs"].as_array().unwrap() {
            assert_eq!(line["message"], next.to_string());
            next += 1;
            after = line["seq"].as_u64().unwrap();
        }
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(next, 50_001);
}

#[test]
fn lines_are_shown_while_the_step_runs() {
    let shop = Workshop::new(&[]);
    let gate = tempfile::tempdir().unwrap();
    let run = format!(
        "echo begun; while ! test -e {}/go; do sleep 0.01; done; echo over",
        gate.path().display()
    );
    let pipeline = shop
        .server
        .pipeline(json!([{"name": "a", "run": run, "timeout_secs": 60}]));
    let execution = shop.server.execute(&pipeline, &json!({}));
    let logs = format!("/v1/executions/{execution}/logs");
    crate::support::until("the first line", || {
        (messages(&shop.server.get(&logs)) == ["begun"]).then_some(())
    });
    assert_eq!(
        shop.server.get(&format!("/v1/executions/{execution}"))["steps"][0]["status"],
        "running"
    );
    std::fs::write(gate.path().join("go"), "").unwrap();
    shop.server.ended(&execution);
    assert_eq!(messages(&shop.server.get(&logs)), ["begun", "over"]);
}
