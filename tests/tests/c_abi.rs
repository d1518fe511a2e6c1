//! The programs of `bindings/c/tests` and `examples/c`, which `scripts/c-programs.sh` builds, beside a real server.
#![allow(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and shows what the program measured"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use attest_tests::command::{Finished, clean_environment, finish};
use attest_tests::{Project, Server, binary};

fn program(name: &str) -> Command {
    let built = binary::attest()
        .parent()
        .and_then(Path::parent)
        .unwrap()
        .join("c-test/bin");
    let path: PathBuf = built.join(name);
    assert!(
        path.is_file(),
        "{} is not there: run `bash scripts/c-programs.sh` first",
        path.display()
    );
    let mut command = Command::new(path);
    clean_environment(&mut command);
    command
}

fn ok(name: &str, command: &mut Command) -> Finished {
    let found = finish(command);
    println!("{}", found.stdout);
    found.exits(0).says(&[&format!("{name}: ok")])
}

#[test]
fn null_empty_and_bad_arguments_are_errors_that_say_what_to_pass() {
    ok("arguments", &mut program("arguments"));
}

#[test]
fn receipts_keys_and_hashes_need_no_server_and_no_thread() {
    let vectors = binary::vectors().join("receipts");
    ok("offline", program("offline").arg(vectors));
}

#[test]
fn batches_files_and_workspaces_are_judged_from_c() {
    let basic = binary::vectors().join("receipts/basic");
    let workspace = tempfile::tempdir().unwrap();
    let mut judging = program("judging");
    judging
        .arg(basic.join("receipt.yaml"))
        .arg(basic.join("trust"));
    // The second has another content of an output.
    for name in ["workspace", "changed"] {
        let folder = workspace.path().join(name);
        let archive = std::fs::File::open(basic.join("workspace.tar")).unwrap();
        tar::Archive::new(archive).unpack(&folder).unwrap();
        judging.arg(folder);
    }
    std::fs::write(workspace.path().join("changed/out/app"), "other").unwrap();
    ok("judging", &mut judging);
}

#[test]
fn calls_that_succeed_fail_or_are_called_off_leave_nothing_behind() {
    let vectors = binary::vectors().join("receipts");
    ok("leaks", program("leaks").arg(vectors));
}

#[test]
fn runs_logs_events_receipts_cancelling_and_closing_work_from_c() {
    let project = Project::empty("c");
    let server = Server::on(project.path());
    let mut online = program("online");
    online
        .env("ATTEST_BASE_URL", server.url())
        .env("ATTEST_API_KEY", server.key());
    ok("online", &mut online);
}

#[test]
fn the_c_examples_and_the_documented_program_do_what_they_say() {
    let project = Project::empty("c-examples");
    let server = Server::on(project.path());
    let key = server.public_key();
    let mut run = program("example-run");
    run.env("ATTEST_BASE_URL", server.url())
        .env("ATTEST_API_KEY", server.key())
        .current_dir(project.path());
    finish(&mut run)
        .exits(0)
        .says(&["[test] hello", "verified"]);
    run.env("ATTEST_API_KEY", "wrong");
    finish(&mut run).exits(1).says(&["authentication_failed: "]);
    drop(server);

    let verify = || {
        let mut verify = program("example-verify_offline");
        verify
            .current_dir(project.path())
            .args(["receipt.json", &key]);
        finish(&mut verify)
    };
    verify().exits(0).says(&["valid"]);
    project.write("untouched.json", project.read("receipt.json"));
    let changed = project.read("receipt.json").replacen("hello", "hullo", 1);
    project.write("receipt.json", changed);
    verify().exits(1).says(&["refused", "signature"]);
    let mut documented = program("documented-verify");
    documented.arg(&key);
    let mut judge = |file: &str| {
        let receipt = std::fs::File::open(project.path().join(file)).unwrap();
        finish(documented.stdin(receipt))
    };
    judge("receipt.json").exits(1).says(&["refused"]);
    judge("untouched.json").exits(0).says(&["valid"]);
    let mut mistyped = program("documented-verify");
    finish(mistyped.arg("ed25519:00").stdin(Stdio::null()))
        .exits(2)
        .says(&["ed25519:00", "64 lower-case hex digits"]);
}

#[test]
fn a_receipt_signed_in_c_verifies_in_rust() {
    let project = Project::empty("c-sign");
    let key = attest_sdk::SigningKey::generate().unwrap();
    project.write("key.pem", key.to_pkcs8_pem().as_str());
    let receipt = binary::vectors().join("receipts/basic/receipt.yaml");
    let mut sign = program("parity");
    sign.current_dir(project.path())
        .arg("sign")
        .arg(receipt)
        .arg("key.pem");
    let made = finish(&mut sign).exits(0).stdout;

    let verifier = attest_sdk::Verifier::builder()
        .trusted_keys([key.public_key().to_string()])
        .unwrap()
        .build();
    let report = verifier.verify_bytes(made.trim_end().as_bytes()).unwrap();
    assert!(report.valid, "{report:?}");
}
