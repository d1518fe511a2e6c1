//! The specification's Rust program, as it is printed there, against a real server beside a small Rust project.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use attest_tests::command::{Finished, finish};
use attest_tests::server::{Options, Server};
use attest_tests::spec::{Specification, substitute};
use attest_tests::{Project, binary};

const SECTION: &str = "### Rust SDK";
const SUCCESS: &str = "Pipeline completed with valid attestation";

#[test]
fn the_rust_program_of_the_specification_works_as_printed() {
    let Some(specification) =
        Specification::find("the_rust_program_of_the_specification_works_as_printed")
    else {
        return;
    };
    let program = specification.block(SECTION, "rust");
    assert!(
        program.contains(SUCCESS),
        "the success line is the program's own"
    );
    let dependencies = specification.block(SECTION, "toml");
    let project = binary::checkout().join("tests/spec-projects/rust");

    let server = server_on(&project);
    let found = run(&program, &dependencies, &server).exits(0);
    println!("{}", found.stdout);
    assert!(
        found.stdout.lines().any(|line| line == SUCCESS),
        "{}",
        found.text()
    );
    assert!(
        found.stdout.contains("[test] "),
        "no log line of the step: {}",
        found.text()
    );
    assert!(
        found.stdout.contains("words_are_divided_by_white_space"),
        "cargo test's own output: {}",
        found.text()
    );
    let execution = &server.executions()[0];
    assert_eq!(execution["environment"], "production");

    // A project whose test fails: the same program does not print its success line.
    let broken = Project::copy_of(&project, "rust");
    let source = broken.read("src/main.rs");
    let red = source.replace("three\"), 3)", "three\"), 4)");
    assert_ne!(source, red, "the project's test is where it was");
    broken.write("src/main.rs", red);
    let server = server_on(&broken.path());
    let found = run(&program, &dependencies, &server).exits(0);
    assert!(!found.text().contains(SUCCESS), "{}", found.text());

    let id = server.executions()[0]["id"].as_str().unwrap().to_owned();
    let report = report(&server, &id);
    let violations = report.policy_compliance.violations;
    assert!(
        violations
            .iter()
            .any(|violation| violation.policy == "require-success"),
        "{violations:?}"
    );
    // It is the failed run that is refused, not the signature.
    assert!(
        !report.valid
            && report.signature_verification.valid
            && report.signature_verification.trusted
    );
}

/// The report behind what the program asks with `receipt.verify()`.
fn report(server: &Server, execution: &str) -> attest_sdk::Report {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = attest_sdk::AttestClient::new(server.key(), server.url()).unwrap();
        let execution = client.executions().get(execution).await.unwrap();
        execution.get_receipt().await.unwrap().report().unwrap()
    })
}

/// A server on a Rust project, whose steps may read the toolchain that builds these tests, and nothing of its owner.
fn server_on(project: &Path) -> Server {
    let sysroot = finish(Command::new("rustc").args(["--print", "sysroot"]))
        .exits(0)
        .stdout;
    let sysroot = Path::new(sysroot.trim());
    let path = format!(
        "{}:/usr/local/bin:/usr/bin:/bin",
        sysroot.join("bin").display()
    );
    Server::start(
        Options::default()
            .source(project)
            .arg("--allow-read")
            .arg(sysroot)
            .env("PATH", path),
    )
}

/// Builds the program as a project of its own and runs it.
fn run(program: &str, dependencies: &str, server: &Server) -> Finished {
    let (target, dir) = build_dirs();
    fs::create_dir_all(dir.join("src")).unwrap();
    let sdk = binary::checkout().join("attest-sdk");
    let printed = "attest-sdk = \"0.1\"";
    assert!(dependencies.contains(printed), "{dependencies}");
    let here = format!(
        "attest-sdk = {{ version = \"0.1\", path = {:?} }}",
        sdk.display().to_string()
    );
    let dependencies = dependencies.replace(printed, &here);
    let manifest = format!(
        "[package]\nname = \"spec-program\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n{dependencies}\n[workspace]\n\n\
         [profile.dev.package.\"*\"]\ndebug = false\n"
    );
    write_changed(&dir.join("Cargo.toml"), &manifest);
    let values = [
        ("api_key", server.key()),
        ("base_url", server.url().to_owned()),
    ];
    let values = values
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    write_changed(&dir.join("src/main.rs"), &substitute(program, &values));
    if !dir.join("Cargo.lock").exists() {
        // The versions that the workspace is tested with, so that nothing is fetched twice.
        fs::copy(
            binary::checkout().join("Cargo.lock"),
            dir.join("Cargo.lock"),
        )
        .unwrap();
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let build = finish(
        Command::new(cargo)
            .arg("build")
            .arg("--target-dir")
            .arg(&target)
            .current_dir(&dir),
    );
    build.exits(0);
    finish(&mut Command::new(target.join("debug/spec-program")))
}

/// Where the program is built: below the build directory of these tests, kept between runs.
fn build_dirs() -> (PathBuf, PathBuf) {
    let built = binary::attest();
    let base = built.parent().and_then(Path::parent).unwrap().join("spec");
    (base.join("target"), base.join("rust-program"))
}

/// Leaves a file alone that has this content already: cargo goes by times.
fn write_changed(path: &Path, content: &str) {
    if fs::read_to_string(path).ok().as_deref() != Some(content) {
        fs::write(path, content).unwrap();
    }
}
