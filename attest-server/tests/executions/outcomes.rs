//! How steps and executions end.

use serde_json::{Value, json};

use crate::Workshop;

fn statuses(execution: &Value) -> Vec<(&str, &str, Option<i64>)> {
    let steps = execution["steps"].as_array().unwrap();
    steps
        .iter()
        .map(|step| {
            let text = |field: &str| step[field].as_str().unwrap();
            (text("name"), text("status"), step["exit_code"].as_i64())
        })
        .collect()
}

#[test]
fn every_step_exits_0_and_the_execution_is_completed() {
    let shop = Workshop::new(&[("in.txt", "hello")]);
    let ended = shop.run(json!([
        {"name": "upper", "run": "tr a-z A-Z < in.txt > out.txt", "inputs": ["in.txt"], "outputs": ["out.txt"]},
        {"name": "check", "run": "test $(cat out.txt) = HELLO", "inputs": ["out.txt"], "needs": ["upper"]},
    ]));
    assert_eq!(
        (&ended["status"], &ended["exit_code"], &ended["failure"]),
        (&json!("completed"), &json!(0), &Value::Null)
    );
    assert_eq!(
        statuses(&ended),
        [
            ("upper", "completed", Some(0)),
            ("check", "completed", Some(0))
        ]
    );
    assert!(ended["duration_seconds"].as_f64().unwrap() >= 0.0);
    assert!(
        ended["steps"][0]["input_hash"]
            .as_str()
            .unwrap()
            .starts_with("blake3:")
    );
    let pipeline = shop.server.get(&format!(
        "/v1/pipelines/{}",
        ended["pipeline_id"].as_str().unwrap()
    ));
    assert_eq!(
        (&pipeline["executions"], &pipeline["success_rate"]),
        (&json!(1), &json!(1.0))
    );
}

#[test]
fn a_failed_step_skips_its_dependents_and_independent_ones_go_on() {
    let shop = Workshop::new(&[]);
    let ended = shop.run(json!([
        {"name": "bad", "run": "exit 7"},
        {"name": "after", "run": "true", "needs": ["bad"]},
        {"name": "later", "run": "true", "needs": ["after"]},
        {"name": "apart", "run": "true"},
    ]));
    assert_eq!(
        (&ended["status"], &ended["exit_code"]),
        (&json!("failed"), &json!(7))
    );
    assert_eq!(
        statuses(&ended),
        [
            ("bad", "failed", Some(7)),
            ("after", "skipped", None),
            ("later", "skipped", None),
            ("apart", "completed", Some(0))
        ]
    );
    assert_eq!(
        ended["failure"],
        json!({"step": "bad", "reason": "exit_code", "message": "step \"bad\" exited with 7"})
    );
}

#[test]
fn a_missing_output_and_a_timeout_are_told_apart_from_the_steps_own_failures() {
    let shop = Workshop::new(&[]);
    let missing = shop.run(json!([{"name": "a", "run": "true", "outputs": ["out"]}]));
    assert_eq!(
        (&missing["exit_code"], &missing["failure"]["reason"]),
        (&json!(125), &json!("missing_output"))
    );
    let late = shop.run(json!([{"name": "a", "run": "sleep 600", "timeout_secs": 1}]));
    assert_eq!(statuses(&late), [("a", "timed_out", Some(124))]);
    assert_eq!(
        (&late["exit_code"], &late["failure"]["reason"]),
        (&json!(124), &json!("timeout"))
    );
}

#[test]
fn ready_steps_run_side_by_side_and_see_nothing_of_each_other() {
    let shop = Workshop::new(&[]);
    let meeting = tempfile::tempdir().unwrap();
    let wait = |own: &str, other: &str| {
        let at = meeting.path().display();
        format!(
            "touch {own} {at}/{own}; while ! test -e {at}/{other}; do sleep 0.01; done; ls > seen"
        )
    };
    let ended = shop.run(json!([
        {"name": "a", "run": wait("a", "b"), "outputs": ["seen"], "timeout_secs": 60},
        {"name": "b", "run": wait("b", "a").replace("seen", "seen-b"), "outputs": ["seen-b"], "timeout_secs": 60},
    ]));
    assert_eq!(ended["status"], "completed", "{ended}");
    let id = ended["id"].as_str().unwrap();
    let seen = |path: &str| {
        shop.server
            .call(
                "GET",
                &format!("/v1/executions/{id}/artifacts/{path}"),
                None,
            )
            .text()
    };
    assert_eq!(
        (seen("seen").as_str(), seen("seen-b").as_str()),
        ("a\nseen\n", "b\nseen-b\n")
    );
}

#[test]
fn more_executions_than_slots_all_run_in_the_end() {
    let shop = Workshop::with(&[], |config| attest_server::Config {
        workers: 1,
        ..config
    });
    let pipeline = shop.server.pipeline(json!([{"name": "a", "run": "true"}]));
    let all: Vec<String> = (0..12)
        .map(|_| shop.server.execute(&pipeline, &json!({})))
        .collect();
    for execution in all {
        assert_eq!(shop.server.ended(&execution)["status"], "completed");
    }
}

#[test]
fn steps_get_a_strict_environment() {
    let shop = Workshop::with(&[], |config| attest_server::Config {
        step_env: [
            ("FROM_OPERATOR".to_owned(), "op".to_owned()),
            ("LEVEL".to_owned(), "0".to_owned()),
        ]
        .into(),
        ..config
    });
    let body = json!({"environment": "staging", "variables": {"LEVEL": "2", "VAR": "v"}});
    let steps = json!([{"name": "a", "run": "env | sort | cut -d= -f1 > names; echo $LEVEL $VAR $ATTEST_ENVIRONMENT > values",
        "env": {"VAR": "step"}, "outputs": ["names", "values"]}]);
    let ended = shop.run_with(steps, &body);
    let id = ended["id"].as_str().unwrap();
    let file = |path: &str| {
        shop.server
            .call(
                "GET",
                &format!("/v1/executions/{id}/artifacts/{path}"),
                None,
            )
            .text()
    };
    assert_eq!(file("values"), "2 step staging\n");
    let names = file("names");
    let allowed = [
        "ATTEST_ENVIRONMENT",
        "FROM_OPERATOR",
        "HOME",
        "LANG",
        "LEVEL",
        "PATH",
        "PWD",
        "SHLVL",
        "TMPDIR",
        "TZ",
        "VAR",
        "_",
        "OLDPWD",
    ];
    assert!(names.lines().all(|name| allowed.contains(&name)), "{names}");
}
