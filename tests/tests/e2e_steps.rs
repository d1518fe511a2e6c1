//! What a step sees, and what becomes of what it leaves, against the real server process.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use attest_tests::Project;
use attest_tests::server::Server;

#[test]
fn a_command_that_exits_0_without_its_declared_output_fails_with_125() {
    let project = Project::with_pipeline(
        "hollow",
        "name: hollow\nversion: \"0.1\"\nsteps:\n  - {name: hollow, run: 'true', inputs: [], outputs: [promised.txt]}\n",
    );
    let server = Server::on(project.path());
    server
        .run(&project.path(), &[])
        .exits(1)
        .says(&["missing_output"]);
    let id = server.executions()[0]["id"].as_str().unwrap().to_owned();
    let execution = server.api().get(&format!("/v1/executions/{id}")).json(200);
    assert_eq!(execution["exit_code"], 125);
    assert_eq!(execution["failure"]["reason"], "missing_output");
    assert_eq!(execution["failure"]["step"], "hollow");
}

#[test]
fn parallel_steps_do_not_see_each_other_and_undeclared_files_go_nowhere() {
    // Each of the two waits long enough that they overlap, then lists what it sees.
    let look = |name: &str| {
        format!(
            "  - name: {name}\n    inputs: [shared.txt]\n    outputs: [{name}.out, {name}.list]\n    \
             run: echo x > {name}.stray; echo x > {name}.out; sleep 1; ls > {name}.list; cat {name}.list\n"
        )
    };
    let project = Project::empty("views");
    project.write("shared.txt", "seen by all\n");
    project.write(
        "attest.yaml",
        format!(
            "name: views\nversion: \"0.1\"\nsteps:\n{}{}  - name: after\n    inputs: [left.list]\n    outputs: []\n    \
             needs: [left]\n    run: ls\n",
            look("left"),
            look("right")
        ),
    );
    let server = Server::on(project.path());
    server
        .run(&project.path(), &["--receipt", "receipt.json"])
        .exits(0);
    let receipt: serde_json::Value = serde_json::from_str(&project.read("receipt.json")).unwrap();
    let seen = |name: &str| -> Vec<String> {
        let steps = receipt["steps"].as_array().unwrap();
        let step = steps.iter().find(|step| step["name"] == name).unwrap();
        step["stdout"]
            .as_str()
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(
        seen("left"),
        [
            "attest.yaml",
            "left.list",
            "left.out",
            "left.stray",
            "shared.txt"
        ]
    );
    assert_eq!(
        seen("right"),
        [
            "attest.yaml",
            "right.list",
            "right.out",
            "right.stray",
            "shared.txt"
        ]
    );
    assert_eq!(
        seen("after"),
        ["attest.yaml", "left.list", "left.out", "shared.txt"]
    );

    // They did run at the same time, or the test shows nothing.
    let id = server.executions()[0]["id"].as_str().unwrap().to_owned();
    let execution = server.api().get(&format!("/v1/executions/{id}")).json(200);
    let time = |name: &str, field: &str| {
        let steps = execution["steps"].as_array().unwrap();
        steps.iter().find(|step| step["name"] == name).unwrap()[field]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(time("left", "started_at") < time("right", "completed_at"));
    assert!(time("right", "started_at") < time("left", "completed_at"));
    // Nor did anything reach the project itself.
    assert!(!project.path().join("left.out").exists());
}
