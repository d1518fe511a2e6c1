//! A server that stops in the middle, and the one that starts after it.

use serde_json::{Value, json};

use crate::support::{TestServer, until};
use crate::{Workshop, working};

/// Starts the steps, waits until the last has logged, stops the server and starts another on the same data.
fn interrupted(steps: Value, options: &Value) -> (TestServer, Workshop2, String) {
    let shop = Workshop::new(&[]);
    let execution = shop
        .server
        .execute(&shop.server.pipeline(steps), &json!({"options": options}));
    until("the step to run", || {
        let logs = shop.server.get(&format!("/v1/executions/{execution}/logs"));
        logs["logs"]
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["message"] == "up")
            .then_some(())
    });
    let Workshop {
        server,
        source,
        data,
    } = shop;
    drop(server);
    let config = attest_server::Config {
        source: Some(source.path().to_owned()),
        ..working(data.path())
    };
    (
        TestServer::start(config),
        Workshop2 {
            _source: source,
            _data: data,
        },
        execution,
    )
}

struct Workshop2 {
    _source: tempfile::TempDir,
    _data: tempfile::TempDir,
}

#[test]
fn an_interrupted_execution_runs_again_and_keeps_what_was_finished() {
    let counts = tempfile::tempdir().unwrap();
    let count = |name: &str| format!("echo x >> {}/{name}", counts.path().display());
    let steps = json!([
        {"name": "first", "run": format!("{}; echo made > out", count("first")), "outputs": ["out"]},
        {"name": "second", "needs": ["first"], "inputs": ["out"],
         "run": format!("{}; cat out; echo up; test $(wc -l < {}/second) = 2 || sleep 1000", count("second"), counts.path().display())},
    ]);
    let (server, _kept, execution) = interrupted(steps, &json!({}));
    let ended = server.ended(&execution);
    assert_eq!(ended["status"], "completed", "{ended}");
    let runs = |name: &str| {
        std::fs::read_to_string(counts.path().join(name))
            .unwrap()
            .lines()
            .count()
    };
    assert_eq!(
        (runs("first"), runs("second")),
        (1, 2),
        "a finished step is not run again"
    );
    let logs = server.get(&format!("/v1/executions/{execution}/logs"));
    let seqs: Vec<_> = logs["logs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(seqs, [1, 2, 3, 4], "the numbers go on");
    assert_eq!(
        server.get(&format!("/v1/executions/{execution}/receipt"))["receipt"]["steps"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn a_step_that_must_not_run_twice_is_lost_with_the_server() {
    let counts = tempfile::tempdir().unwrap();
    let run = format!(
        "echo x >> {}/deploys; echo up; sleep 1000",
        counts.path().display()
    );
    for (step_cache, options) in [(false, json!({})), (true, json!({"cache": false}))] {
        let _ = std::fs::remove_file(counts.path().join("deploys"));
        let steps = json!([{"name": "build", "run": "true"}, {"name": "deploy", "run": run, "cache": step_cache, "needs": ["build"]}]);
        let (server, _kept, execution) = interrupted(steps, &options);
        let ended = server.ended(&execution);
        assert_eq!(
            (&ended["status"], &ended["exit_code"]),
            (&json!("failed"), &json!(125))
        );
        assert_eq!(ended["failure"]["reason"], "worker_lost");
        assert_eq!(
            std::fs::read_to_string(counts.path().join("deploys"))
                .unwrap()
                .lines()
                .count(),
            1
        );
        let receipt = server.get(&format!("/v1/executions/{execution}/receipt"));
        assert_eq!(
            receipt["receipt"]["steps"].as_array().unwrap().len(),
            1,
            "only what is known is attested"
        );
    }
}
