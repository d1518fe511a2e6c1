//! The Go program.

use std::path::{Path, PathBuf};
use std::process::Command;

use attest_tests::binary;
use attest_tests::command::{Finished, clean_environment, finish};
use attest_tests::server::Server;
use attest_tests::spec::{Program, Row, Specification};

use crate::site::{self, SUCCESS};

#[test]
fn the_go_program_works_as_printed() {
    let test = "the_go_program_works_as_printed";
    let (Some(specification), Some(go)) = (
        Specification::find(test),
        site::prepared("ATTEST_SPEC_GO", test),
    ) else {
        return;
    };
    let row = Row::of("Go");
    let program = specification.program("go", "### Go SDK", "go");
    assert!(program.says(SUCCESS), "the line is the program's own");

    let server = server_on(&site::project("go"), &go);
    let found = run(&program, &go, &server).exits(0);
    println!("{}", found.stdout);
    assert_eq!(found.stdout.trim_end(), SUCCESS, "{}", found.text());
    let execution = &server.executions()[0];
    assert_eq!(execution["environment"], "production");
    assert_eq!(execution["steps"].as_array().map(Vec::len), Some(2));

    let broken = site::broken_project("go", "main_test.go", "found != 3", "found != 4");
    let server = server_on(&broken.path(), &go);
    let found = run(&program, &go, &server).exits(0);
    assert!(!found.text().contains(SUCCESS), "{}", found.text());
    site::assert_refused_as_failed(&server);
    row.shown("valid attestation; a failed run is refused");
}

/// A server whose steps may read the Go toolchain.
fn server_on(project: &Path, go: &Path) -> Server {
    let root = finish(Command::new(go).args(["env", "GOROOT"])).exits(0);
    let root = PathBuf::from(root.stdout.trim());
    site::server_on(project, &[root.join("bin")], &[root])
}

fn run(program: &Program, go: &Path, server: &Server) -> Finished {
    let text = program.with(&site::borrowed(&site::values(server)));
    let mut command = Command::new(build(go, "go-program", &text));
    clean_environment(&mut command);
    finish(&mut command)
}

/// Builds a program as a module of its own, with the debug library that the tests of the Go SDK use.
pub(crate) fn build(go: &Path, name: &str, text: &str) -> PathBuf {
    let dir = site::build_dir(name);
    let sdk = binary::checkout().join("bindings/go");
    let module = format!(
        "module example.com/program\n\ngo 1.24\n\nrequire github.com/attest-dev/go-sdk v0.0.0\n\n\
         replace github.com/attest-dev/go-sdk => {}\n",
        sdk.display()
    );
    site::write_changed(&dir.join("go.mod"), &module);
    site::write_changed(&dir.join("main.go"), text);
    let built = dir.join("program");
    finish(
        Command::new(go)
            .args(["build", "-tags", "testhooks", "-o"])
            .arg(&built)
            .arg(".")
            .current_dir(&dir)
            .env("CGO_ENABLED", "1"),
    )
    .exits(0);
    built
}
