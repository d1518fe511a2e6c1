//! The Rust program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use attest_tests::binary;
use attest_tests::command::{Finished, finish};
use attest_tests::server::Server;
use attest_tests::spec::{Program, Row, Specification};

use crate::site::{self, SUCCESS};

const SECTION: &str = "### Rust SDK";

#[test]
fn the_rust_program_works_as_printed() {
    let Some(specification) = Specification::find("the_rust_program_works_as_printed") else {
        return;
    };
    let row = Row::of("Rust");
    let program = specification.program("rust", SECTION, "rust");
    assert!(program.says(SUCCESS), "the line is the program's own");
    let dependencies = specification.block(SECTION, "toml");

    let server = server_on(&site::project("rust"));
    let found = run(&program, &dependencies, &server).exits(0);
    println!("{}", found.stdout);
    let found = found.says(&["[test] ", "words_are_divided_by_white_space"]);
    assert!(
        found.stdout.lines().any(|line| line == SUCCESS),
        "{}",
        found.text()
    );
    assert_eq!(server.executions()[0]["environment"], "production");

    let broken = site::broken_project("rust", "src/main.rs", "three\"), 3)", "three\"), 4)");
    let server = server_on(&broken.path());
    let found = run(&program, &dependencies, &server).exits(0);
    assert!(!found.text().contains(SUCCESS), "{}", found.text());
    site::assert_refused_as_failed(&server);
    row.shown("valid attestation; the log streamed; a failed run is refused");
}

/// A server whose steps may read the toolchain that builds these tests, and nothing of its owner.
fn server_on(project: &Path) -> Server {
    let sysroot = finish(Command::new("rustc").args(["--print", "sysroot"])).exits(0);
    let sysroot = PathBuf::from(sysroot.stdout.trim());
    site::server_on(project, &[sysroot.join("bin")], &[sysroot])
}

fn run(program: &Program, dependencies: &str, server: &Server) -> Finished {
    let sdk = binary::checkout().join("attest-sdk");
    let printed = "attest-sdk = \"0.1\"";
    assert!(dependencies.contains(printed), "{dependencies}");
    let here = format!(
        "attest-sdk = {{ version = \"0.1\", path = {:?} }}",
        sdk.display().to_string()
    );
    let dependencies = dependencies.replace(printed, &here);
    let text = program.with(&site::borrowed(&site::values(server)));
    finish(&mut Command::new(build(
        "rust-program",
        &dependencies,
        &text,
    )))
}

/// Builds a program as a project of its own.
pub(crate) fn build(name: &str, dependencies: &str, text: &str) -> PathBuf {
    let (target, dir) = (site::build_dir("target"), site::build_dir(name));
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n{dependencies}\n[workspace]\n\n\
         [profile.dev.package.\"*\"]\ndebug = false\n"
    );
    site::write_changed(&dir.join("Cargo.toml"), &manifest);
    site::write_changed(&dir.join("src/main.rs"), text);
    if !dir.join("Cargo.lock").exists() {
        // The versions that the workspace is tested with, so that nothing is fetched twice.
        fs::copy(
            binary::checkout().join("Cargo.lock"),
            dir.join("Cargo.lock"),
        )
        .unwrap();
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    finish(
        Command::new(cargo)
            .arg("build")
            .arg("--target-dir")
            .arg(&target)
            .current_dir(&dir),
    )
    .exits(0);
    target.join("debug").join(name)
}
