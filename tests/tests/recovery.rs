//! A server that dies at once, as in a crash, leaves nothing running, and the next one goes on.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::process::Stdio;

use attest_tests::command::finish;
use attest_tests::server::{Options, Server, unique};
use attest_tests::{Project, attest, process, wait};
use serde_json::{Value, json};

/// A pipeline whose one step runs until the gate file exists, with a process that can be found by its marker.
fn gated(marker: &str, gate: &std::path::Path, cache: bool) -> String {
    format!(
        "name: gated\nversion: \"0.1\"\nsteps:\n  - name: first\n    run: echo one > one.txt\n    inputs: []\n    \
         outputs: [one.txt]\n  - name: wait\n    needs: [first]\n    inputs: [one.txt]\n    outputs: []\n    cache: {cache}\n    \
         run: sleep {marker} & until [ -e {} ]; do sleep 0.05; done; kill $!; echo done\n",
        gate.display()
    )
}

/// Starts an execution of `project` through the CLI and waits until its step runs.
fn start(server: &Server, project: &Project, marker: &str) -> String {
    let mut command = server.attest(&project.path(), &["run"]);
    let mut run = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    process::wait_for(marker);
    let id = wait::until("an execution", || server.executions().first().cloned())["id"]
        .as_str()
        .unwrap()
        .to_owned();
    run.kill().unwrap();
    run.wait().unwrap();
    id
}

fn killed_server_leaves_no_step(isolation: &'static str) {
    let gate = tempfile::tempdir().unwrap();
    let marker = unique("8");
    let project = Project::with_pipeline("gated", &gated(&marker, &gate.path().join("open"), true));
    let options = Options::default()
        .source(project.path())
        .arg("--allow-read")
        .arg(gate.path())
        .isolation(isolation);
    let mut server = Server::start(options);
    start(&server, &project, &marker);
    server.kill();
    process::wait_for_none(&marker);
}

#[test]
fn no_step_process_outlives_a_killed_server() {
    killed_server_leaves_no_step(if attest_tests::require::bubblewrap_works() {
        "bubblewrap"
    } else {
        "none"
    });
}

#[test]
fn no_step_process_outlives_a_killed_server_without_isolation() {
    killed_server_leaves_no_step("none");
}

#[test]
fn an_execution_interrupted_by_a_crash_ends_with_one_valid_receipt() {
    let gate = tempfile::tempdir().unwrap();
    let marker = unique("9");
    let project = Project::with_pipeline("gated", &gated(&marker, &gate.path().join("open"), true));
    let options = Options::default()
        .source(project.path())
        .arg("--allow-read")
        .arg(gate.path());
    let mut server = Server::start(options);
    let key = server.public_key();
    let id = start(&server, &project, &marker);
    server.kill();
    process::wait_for_none(&marker);
    fs::write(gate.path().join("open"), "").unwrap();
    server.restart();
    assert_eq!(server.public_key(), key, "the signing key is kept");

    let execution = server.wait_for_end(&id);
    assert_eq!(execution["status"], "completed", "{execution}");
    let answer = server
        .api()
        .get(&format!("/v1/executions/{id}/receipt"))
        .json(200);
    assert_eq!(
        answer["receipt"]["provenance"]["invocation_id"],
        id.as_str()
    );
    let file = project.path().join("receipt.json");
    fs::write(&file, answer["receipt"].to_string()).unwrap();
    let mut verify = attest(
        &project.path(),
        [
            "verify",
            "--policy",
            "require-success",
            "--trusted-key",
            &key,
        ],
    );
    finish(verify.arg(&file)).exits(0);
    let names: Vec<&Value> = answer["receipt"]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| &step["name"])
        .collect();
    assert_eq!(names, ["first", "wait"]);
}

#[test]
fn a_step_that_must_not_be_repeated_is_not_run_again_after_a_crash() {
    let gate = tempfile::tempdir().unwrap();
    let marker = unique("5");
    let project =
        Project::with_pipeline("gated", &gated(&marker, &gate.path().join("open"), false));
    let options = Options::default()
        .source(project.path())
        .arg("--allow-read")
        .arg(gate.path());
    let mut server = Server::start(options);
    let id = start(&server, &project, &marker);
    server.kill();
    process::wait_for_none(&marker);
    fs::write(gate.path().join("open"), "").unwrap();
    server.restart();
    let execution = server.wait_for_end(&id);
    assert_eq!(execution["status"], "failed");
    assert_eq!(execution["failure"]["reason"], "worker_lost");
}

#[test]
fn what_was_accepted_before_a_crash_is_there_after_it() {
    let project = Project::example("hello-c");
    let mut server = Server::start(
        Options::default()
            .source(project.path())
            .arg("--workers")
            .arg("0"),
    );
    let config = json!({"version": "0.1", "steps": [{"name": "a", "run": "true", "inputs": [], "outputs": []}]});
    let pipeline = server
        .api()
        .post("/v1/pipelines", &json!({"name": "kept", "config": config}))
        .json(201);
    let path = format!(
        "/v1/pipelines/{}/executions",
        pipeline["id"].as_str().unwrap()
    );
    let accepted = server.api().post(&path, &json!({})).json(202);
    assert_eq!(accepted["status"], "queued");
    server.kill();
    server.restart();
    let id = accepted["execution_id"].as_str().unwrap();
    assert_eq!(
        server.api().get(&format!("/v1/executions/{id}")).json(200)["status"],
        "queued"
    );
}

#[test]
fn a_server_killed_at_any_point_keeps_no_wrong_result() {
    const STEPS: usize = 6;
    let project = Project::empty("chain");
    project.write("a", "A");
    let mut server = Server::start(Options::default().source(project.path()).isolation("none"));
    for ends in 0..STEPS {
        let step = |at: usize| {
            let before = if at == 0 {
                "a".to_owned()
            } else {
                format!("out{}", at - 1)
            };
            let needs: Vec<String> = (0..at).map(|before| format!("s{before}")).collect();
            json!({"name": format!("s{at}"), "needs": needs, "inputs": [before], "outputs": [format!("out{at}")],
                   "run": format!("echo {ends}; cat {before} a > out{at}")})
        };
        let steps: Vec<Value> = (0..STEPS).map(step).collect();
        let body = json!({"name": "chain", "config": {"version": "1", "steps": steps}});
        let pipeline = server.api().post("/v1/pipelines", &body).json(201);
        let path = format!(
            "/v1/pipelines/{}/executions",
            pipeline["id"].as_str().unwrap()
        );
        let execute = |server: &Server, cache: bool| {
            let request = json!({"options": {"cache": cache}});
            let started = server.api().post(&path, &request).json(202);
            started["execution_id"].as_str().unwrap().to_owned()
        };
        let id = execute(&server, true);
        wait::until("so many steps to end", || {
            let seen = server.api().get(&format!("/v1/executions/{id}")).json(200);
            let steps = seen["steps"].as_array().unwrap();
            let ended = steps.iter().filter(|step| step["status"] == "completed");
            (ended.count() >= ends).then_some(())
        });
        server.kill();
        server.restart();
        assert_eq!(server.wait_for_end(&id)["status"], "completed");

        let [served, ran] = [true, false].map(|cache| {
            let id = execute(&server, cache);
            let execution = server.wait_for_end(&id);
            assert_eq!(execution["status"], "completed", "{execution}");
            let steps = execution["steps"].as_array().unwrap().clone();
            assert!(
                steps.iter().all(|step| step["cache_hit"] == cache),
                "killed after {ends}, cache {cache}: {execution}"
            );
            let outputs: Vec<Value> = steps
                .iter()
                .map(|step| step["output_hash"].clone())
                .collect();
            outputs
        });
        assert_eq!(served, ran, "killed after {ends} steps");
    }
}
