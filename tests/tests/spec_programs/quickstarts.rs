//! The README's programs, one in each language, run as they are printed.

use std::fs;
use std::path::Path;
use std::process::Command;

use attest_tests::binary;
use attest_tests::command::{Finished, clean_environment, finish};
use attest_tests::server::{Options, Server};
use attest_tests::spec::{Row, Specification};

use crate::{go, python, rust, site, typescript};

/// A program of the README: the first block of `language` under `heading`.
fn printed(heading: &str, language: &str) -> String {
    let readme = fs::read_to_string(binary::checkout().join("README.md")).unwrap();
    Specification::of(readme).block(heading, language)
}

/// Runs a program where it finds a server in its environment, and holds what it prints against what the README promises.
fn succeeds(row: &'static str, program: &mut Command) {
    let row = Row::of(row);
    let server = Server::start(Options::default());
    clean_environment(program);
    let found = finish(
        program
            .env("ATTEST_BASE_URL", server.url())
            .env("ATTEST_API_KEY", server.key()),
    );
    let Finished { stdout, .. } = found.exits(0);
    println!("{stdout}");
    // Python and the others spell a boolean each in their own way.
    assert_eq!(stdout.to_lowercase(), "[greet] hello\nverified: true\n");
    assert_eq!(server.executions()[0]["environment"], "staging");
    row.shown("log streamed; verified");
}

#[test]
fn the_readme_s_python_program_works_as_printed() {
    let test = "the_readme_s_python_program_works_as_printed";
    if let Some(interpreter) = site::prepared("ATTEST_SPEC_PYTHON", test) {
        let file = python::file("readme.py", &printed("### Python", "python"));
        succeeds("README: Python", Command::new(interpreter).arg(file));
    }
}

#[test]
fn the_readme_s_typescript_program_works_as_printed() {
    let test = "the_readme_s_typescript_program_works_as_printed";
    if let Some(place) = site::prepared("ATTEST_SPEC_TYPESCRIPT", test) {
        let text = printed("### TypeScript", "typescript");
        fs::write(place.join("readme.ts"), text).unwrap();
        typescript::check(&place, "readme.ts").exits(0);
        let program = place.join("readme.js");
        succeeds("README: TypeScript", Command::new("node").arg(program));
    }
}

#[test]
fn the_readme_s_go_program_works_as_printed() {
    let test = "the_readme_s_go_program_works_as_printed";
    if let Some(command) = site::prepared("ATTEST_SPEC_GO", test) {
        let program = go::build(&command, "readme-go", &printed("### Go", "go"));
        succeeds("README: Go", &mut Command::new(program));
    }
}

#[test]
fn the_readme_s_rust_program_works_as_printed() {
    let dependencies = printed("### Rust", "toml");
    let checkout = binary::checkout().display().to_string();
    let dependencies = dependencies.replace("<checkout>", &checkout);
    let program = rust::build("readme-rust", &dependencies, &printed("### Rust", "rust"));
    succeeds("README: Rust", &mut Command::new(program));
}

/// What the README leads to is there.
#[test]
fn every_link_of_the_readme_leads_somewhere() {
    let readme = fs::read_to_string(binary::checkout().join("README.md")).unwrap();
    let links = readme.split("](").skip(1);
    for link in links.filter_map(|rest| rest.split(')').next()) {
        let here = !link.contains("://") && !link.starts_with('#');
        assert!(
            !here || Path::new(&binary::checkout()).join(link).exists(),
            "{link}"
        );
    }
}
