//! The example programs do what they say, against a real server.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use attest_tests::command::{Finished, clean_environment, finish};
use attest_tests::{Project, Server, binary};

fn example(name: &str, dir: &Path, args: &[&str], env: &[(&str, &str)]) -> Finished {
    let path: PathBuf = binary::attest().with_file_name("examples").join(name);
    assert!(
        path.is_file(),
        "{} is not there: `make test` builds it",
        path.display()
    );
    let mut command = Command::new(path);
    clean_environment(&mut command);
    finish(
        command
            .current_dir(dir)
            .args(args)
            .envs(env.iter().copied()),
    )
}

#[test]
fn the_rust_examples_run_a_pipeline_and_check_its_receipt_offline() {
    let project = Project::empty("examples");
    let server = Server::on(project.path());
    let (dir, key) = (project.path(), server.public_key());
    let env = [
        ("ATTEST_BASE_URL", server.url()),
        ("ATTEST_API_KEY", &server.key()),
    ];
    example("run", &dir, &[], &env)
        .exits(0)
        .says(&["[test] hello", "verified"]);
    drop(server);

    example("verify_offline", &dir, &["receipt.json", &key], &[])
        .exits(0)
        .says(&["valid"]);
    project.write(
        "receipt.json",
        project.read("receipt.json").replacen("hello", "hullo", 1),
    );
    example("verify_offline", &dir, &["receipt.json", &key], &[])
        .exits(1)
        .says(&["refused: signature"]);
}
