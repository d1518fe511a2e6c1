//! A step never reaches the server's secrets, and leaves no process behind. Needs bubblewrap.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use attest_tests::server::{Options, Server, unique};
use attest_tests::{Project, process, require};
use serde_json::Value;

fn one_step(run: &str) -> String {
    let run = serde_json::to_string(run).unwrap();
    format!(
        "name: probe\nversion: \"0.1\"\nsteps:\n  - name: probe\n    run: {run}\n    inputs: []\n    outputs: []\n"
    )
}

/// Runs one step to its end and returns the receipt's JSON.
fn receipt_of(server: &Server, project: &Project, code: i32) -> Value {
    server
        .run(&project.path(), &["--receipt", "receipt.json"])
        .exits(code);
    serde_json::from_str(&project.read("receipt.json")).unwrap()
}

#[test]
fn a_step_reaches_none_of_the_servers_secrets() {
    if !require::bubblewrap("a_step_reaches_none_of_the_servers_secrets") {
        return;
    }
    let project = Project::empty("probe");
    let secret = unique("server-environment-secret-");
    let server = Server::start(
        Options::default()
            .source(project.path())
            .env("SERVER_SECRET", &secret),
    );
    let (data, pid, key) = (server.data_dir(), server.pid(), server.key());
    let data = data.display();
    // In two parts, since the step's own text is in its workspace.
    let (first, rest) = key.split_at(16);
    // Each line prints only where the attempt succeeds.
    project.write(
        "attest.yaml",
        one_step(&format!(
            "for f in {data}/*; do [ -e \"$f\" ] && echo \"REACHED $f\"; done\n\
             cat {data}/signing-key.pem 2>/dev/null && echo REACHED signing key\n\
             cat {data}/admin-key 2>/dev/null && echo REACHED admin key\n\
             chmod 777 {data} 2>/dev/null && echo REACHED mode of the data directory\n\
             chmod 666 {data}/admin-key 2>/dev/null && echo REACHED mode of the admin key\n\
             cat /proc/{pid}/environ 2>/dev/null | tr '\\0' '\\n' | grep {secret} && echo REACHED environment\n\
             cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n' | grep {secret} && echo REACHED environment\n\
             cat /proc/*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -e 'attest [s]erve' && echo REACHED command line\n\
             ls -d /proc/*/root/{data} 2>/dev/null | sed 's/^/REACHED by root link /'\n\
             kill -0 {pid} 2>/dev/null && [ \"$(cat /proc/{pid}/comm 2>/dev/null)\" = attest ] && echo REACHED process\n\
             env | grep -e {secret} -e attest_key_ && echo REACHED own environment\n\
             key={first}; grep -rsF -e \"${{key}}{rest}\" /tmp /home /root /run /var /workspace && echo REACHED key by content\n\
             mkdir -p {data} 2>/dev/null; ls -A {data} 2>/dev/null | sed 's/^/REACHED /'\n\
             echo finished\n"
        )),
    );
    let receipt = receipt_of(&server, &project, 0);
    let output = receipt["steps"][0]["stdout"].as_str().unwrap();
    assert_eq!(output.trim(), "finished", "the step got at something");

    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(server.data_dir()).unwrap().permissions(),
    );
    assert_eq!(
        mode & 0o077,
        0,
        "the data directory is open to others: {mode:o}"
    );
    assert_eq!(receipt["isolation"]["mode"], "container");
    let controls = receipt["isolation"]["controls"].as_array().unwrap();
    let filesystem = controls
        .iter()
        .find(|control| control["name"] == "filesystem")
        .unwrap();
    assert_eq!(filesystem["status"], "enforced", "{filesystem}");
}

#[test]
fn a_receipt_without_isolation_says_so() {
    let project = Project::with_pipeline("plain", &one_step("echo hello"));
    let server = Server::start(Options::default().source(project.path()).isolation("none"));
    let receipt = receipt_of(&server, &project, 0);
    assert_eq!(receipt["isolation"]["mode"], "none");
    let controls = receipt["isolation"]["controls"].as_array().unwrap();
    let filesystem = controls
        .iter()
        .find(|control| control["name"] == "filesystem")
        .unwrap();
    assert_ne!(filesystem["status"], "enforced", "{filesystem}");
}

#[test]
fn a_step_cannot_write_outside_its_own_places() {
    if !require::bubblewrap("a_step_cannot_write_outside_its_own_places") {
        return;
    }
    let project = Project::with_pipeline(
        "writer",
        &one_step(
            "for place in /usr /bin /etc /opt /lib; do touch $place/attest-probe 2>/dev/null && echo \"WROTE $place\"; done\n\
             touch /tmp/ok \"$HOME/ok\" ./ok && echo finished",
        ),
    );
    let server = Server::on(project.path());
    let receipt = receipt_of(&server, &project, 0);
    assert_eq!(
        receipt["steps"][0]["stdout"].as_str().unwrap().trim(),
        "finished"
    );
    assert!(
        !project.path().join("ok").exists(),
        "the step wrote into the source"
    );
}

fn a_daemonised_grandchild_ends_with_its_step(isolation: &'static str) {
    let marker = unique("7");
    let run =
        format!("(setsid sleep {marker} </dev/null >/dev/null 2>&1 &) ; sleep 0.2; echo finished");
    let project = Project::with_pipeline("daemon", &one_step(&run));
    let server = Server::start(
        Options::default()
            .source(project.path())
            .isolation(isolation),
    );
    server.run(&project.path(), &[]).exits(0);
    process::wait_for_none(&marker);
}

#[test]
fn a_daemonised_grandchild_does_not_outlive_its_step_in_bubblewrap() {
    if require::bubblewrap("a_daemonised_grandchild_does_not_outlive_its_step_in_bubblewrap") {
        a_daemonised_grandchild_ends_with_its_step("bubblewrap");
    }
}

#[test]
fn a_daemonised_grandchild_does_not_outlive_its_step_without_isolation() {
    a_daemonised_grandchild_ends_with_its_step("none");
}
