//! `attest run` from a project to a verified receipt, against the real server process.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use attest_tests::command::{Finished, finish};
use attest_tests::server::{Options, Server, unique};
use attest_tests::{Project, attest, process, wait};
use rustix::process::Signal;

fn verify(receipt: &Path, key: &str, more: &[&str]) -> Finished {
    let mut command = attest(Path::new("/"), ["verify", "--json", "--trusted-key", key]);
    finish(command.arg(receipt).args(more))
}

/// The one receipt that a run left in the project.
fn receipt_of(project: &Project) -> PathBuf {
    let receipts = project.receipts();
    assert_eq!(receipts.len(), 1, "{receipts:?}");
    receipts.into_iter().next().unwrap()
}

fn check_status(report: &serde_json::Value, name: &str) -> String {
    let checks = report["checks"].as_array().unwrap();
    let check = checks
        .iter()
        .find(|check| check["name"] == name)
        .unwrap_or_else(|| panic!("no {name}: {report}"));
    check["status"].as_str().unwrap().to_owned()
}

#[test]
fn hello_c_runs_and_its_receipt_verifies_without_the_server() {
    let project = Project::example("hello-c");
    let server = Server::on(project.path());
    let key = server.public_key();
    let found = server.run(&project.path(), &[]).exits(0);
    // The logs of the steps are shown, each with its step.
    let text = found.text();
    for part in [
        "generate",
        "compile-crc32",
        "compile-hex",
        "link",
        "test",
        "compiled src/hex.c",
        "all tests passed",
    ] {
        assert!(text.contains(part), "the output lacks {part:?}:\n{text}");
    }
    drop(server);

    let receipt = receipt_of(&project);
    let pipeline = receipt.with_extension("pipeline.yaml");
    let pipeline = pipeline.to_str().unwrap();
    let report = verify(
        &receipt,
        &key,
        &["--policy", "require-success", "--pipeline", pipeline],
    )
    .exits(0)
    .json();
    assert_eq!(report["valid"], true);
    assert_eq!(report["execution"]["outcome"], "success");
    assert_eq!(report["trust_material"]["state"], "given");
}

#[test]
fn a_receipt_with_any_one_byte_changed_is_refused() {
    let project = Project::with_pipeline(
        "bytes",
        "name: bytes\nversion: \"0.1\"\nsteps:\n  - {name: only, run: 'echo distinctive | tee out', inputs: [], outputs: [out]}\n",
    );
    let server = Server::on(project.path());
    let key = server.public_key();
    server
        .run(&project.path(), &["--receipt", "receipt.json"])
        .exits(0);
    let whole = fs::read(project.path().join("receipt.json")).unwrap();
    verify(&project.path().join("receipt.json"), &key, &[]).exits(0);
    // A prime stride reaches every field of the receipt in the end, and keeps the test short.
    let changed = project.path().join("changed.json");
    let mut tried = 0;
    for position in (0..whole.len()).step_by(29) {
        if whole[position].is_ascii_whitespace() {
            continue;
        }
        let mut bytes = whole.clone();
        bytes[position] = if bytes[position] == b'0' { b'1' } else { b'0' };
        fs::write(&changed, bytes).unwrap();
        let found = verify(&changed, &key, &[]);
        assert!(
            matches!(found.code, 1 | 2),
            "byte {position}: {}",
            found.text()
        );
        tried += 1;
    }
    assert!(tried > 20, "only {tried} bytes tried");

    // Where the change leaves a receipt that can be read, it is the signature that fails.
    let text = String::from_utf8(whole)
        .unwrap()
        .replace("distinctive", "distinctivE");
    fs::write(&changed, text).unwrap();
    let report = verify(&changed, &key, &[]).exits(1).json();
    assert_eq!(check_status(&report, "schema"), "pass");
    assert_eq!(check_status(&report, "signature"), "fail");
}

#[test]
fn a_failed_step_fails_the_run_and_its_receipt_is_authentic() {
    let project = Project::with_pipeline(
        "red",
        "name: red\nversion: \"0.1\"\nsteps:\n  - {name: broken, run: exit 7, inputs: [], outputs: []}\n  \
         - {name: after, run: 'echo after', inputs: [], outputs: [], needs: [broken]}\n  \
         - {name: beside, run: 'echo beside', inputs: [], outputs: []}\n",
    );
    let server = Server::on(project.path());
    let key = server.public_key();
    server.run(&project.path(), &[]).exits(1);
    let execution = &server.executions()[0];
    assert_eq!(execution["status"], "failed");
    assert_eq!(execution["exit_code"], 7);
    let receipt = receipt_of(&project);
    let report = verify(&receipt, &key, &[]).exits(0).json();
    assert_eq!(report["execution"]["outcome"], "failure");
    let names: Vec<_> = report["execution"]["failed_steps"]
        .as_array()
        .unwrap()
        .iter()
        .collect();
    assert_eq!(names, ["broken"]);
    verify(&receipt, &key, &["--policy", "require-success"]).exits(1);

    let id = execution["id"].as_str().unwrap();
    let execution = server.api().get(&format!("/v1/executions/{id}")).json(200);
    let status = |name: &str| {
        let steps = execution["steps"].as_array().unwrap();
        steps.iter().find(|step| step["name"] == name).unwrap()["status"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        (status("broken"), status("after"), status("beside")),
        ("failed".into(), "skipped".into(), "completed".into())
    );
}

#[test]
fn a_second_run_uses_the_same_pipeline_and_a_changed_file_makes_a_new_version() {
    let text = |word: &str| {
        format!(
            "name: again\nversion: \"0.1\"\nsteps:\n  - {{name: say, run: echo {word}, inputs: [], outputs: []}}\n"
        )
    };
    let project = Project::with_pipeline("again", &text("one"));
    let server = Server::on(project.path());
    server.run(&project.path(), &[]).exits(0);
    server.run(&project.path(), &[]).exits(0);
    let pipelines = || server.api().get("/v1/pipelines").json(200);
    assert_eq!(pipelines()["total"], 1);
    assert_eq!(pipelines()["pipelines"][0]["version"], 1);
    project.write("attest.yaml", text("two"));
    server.run(&project.path(), &[]).exits(0).says(&["two"]);
    assert_eq!(pipelines()["total"], 1);
    assert_eq!(pipelines()["pipelines"][0]["version"], 2);
    assert_eq!(project.receipts().len(), 3);
}

#[test]
fn environment_and_variables_reach_the_steps_and_the_expected_hash() {
    let project = Project::with_pipeline(
        "vars",
        "name: vars\nversion: \"0.1\"\nsteps:\n  \
         - {name: say, run: 'echo $ATTEST_ENVIRONMENT $COLOUR', inputs: [], outputs: []}\n",
    );
    let server = Server::on(project.path());
    let args = ["--environment", "staging", "--var", "COLOUR=blue"];
    server
        .run(
            &project.path(),
            &[&args[..], &["--receipt", "receipt.yaml"]].concat(),
        )
        .exits(0)
        .says(&["staging blue"]);
    assert!(project.path().join("receipt.pipeline.yaml").is_file());

    let hash = [
        "hash",
        "--json",
        "--pipeline",
        "attest.yaml",
        "--workspace",
        ".",
    ];
    let hash = finish(attest(&project.path(), hash).args(args))
        .exits(0)
        .json()["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    let policy = format!("pipeline:{hash}");
    let key = server.public_key();
    verify(
        &project.path().join("receipt.yaml"),
        &key,
        &["--policy", &policy],
    )
    .exits(0);
    let other = format!("pipeline:blake3:{}", "0".repeat(64));
    verify(
        &project.path().join("receipt.yaml"),
        &key,
        &["--policy", &other],
    )
    .exits(1);
}

#[test]
fn the_receipt_of_another_run_is_refused_where_this_run_is_expected() {
    let project = Project::example("hello-c");
    let server = Server::on(project.path());
    server
        .run(&project.path(), &["--receipt", "one.yaml"])
        .exits(0);
    server
        .run(&project.path(), &["--receipt", "two.yaml"])
        .exits(0);
    let executions = server.executions();
    let id = executions.last().unwrap()["id"].as_str().unwrap();
    let policy = format!("invocation:{id}");
    let key = server.public_key();
    let codes = ["one.yaml", "two.yaml"]
        .map(|name| verify(&project.path().join(name), &key, &["--policy", &policy]).code);
    assert!(codes == [0, 1] || codes == [1, 0], "{codes:?}");
}

#[test]
fn ctrl_c_detaches_and_the_execution_goes_on() {
    let gate = tempfile::tempdir().unwrap();
    let open = gate.path().join("open");
    let marker = unique("6");
    let project = Project::with_pipeline(
        "patient",
        &format!(
            "name: patient\nversion: \"0.1\"\nsteps:\n  - name: wait\n    inputs: []\n    outputs: []\n    \
             run: sleep {marker} & until [ -e {} ]; do sleep 0.05; done; kill $!; echo done\n",
            open.display()
        ),
    );
    let server = Server::start(
        Options::default()
            .source(project.path())
            .arg("--allow-read")
            .arg(gate.path()),
    );
    let mut command = server.attest(&project.path(), &["run"]);
    let run = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process::wait_for(&marker);
    process::signal(run.id(), Signal::INT);
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let id = wait::until("an execution", || server.executions().first().cloned())["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(text.contains(&id), "the id is not shown: {text}");
    fs::write(open, "").unwrap();
    assert_eq!(server.wait_for_end(&id)["status"], "completed");
}

#[test]
fn control_characters_of_a_step_do_not_reach_the_terminal() {
    let project = Project::with_pipeline(
        "escape",
        "name: escape\nversion: \"0.1\"\nsteps:\n  \
         - {name: say, run: \"printf 'a\\\\033]0;title\\\\007b\\\\rc\\\\n'\", inputs: [], outputs: []}\n",
    );
    let server = Server::on(project.path());
    let text = server.run(&project.path(), &[]).exits(0).text();
    assert!(
        !text.contains('\u{7}') && !text.contains("\u{1b}]") && !text.contains('\r'),
        "{text:?}"
    );
    assert!(text.contains("title"), "{text:?}");
}
