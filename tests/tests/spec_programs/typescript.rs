//! The TypeScript program, type-checked with `tsc --strict`.

use std::path::{Path, PathBuf};
use std::process::Command;

use attest_tests::command::{Finished, clean_environment, finish};
use attest_tests::server::Server;
use attest_tests::spec::{Program, Row, Specification};

use crate::site::{self, SUCCESS};

#[test]
fn the_typescript_program_works_as_printed() {
    let test = "the_typescript_program_works_as_printed";
    let (Some(specification), Some(place)) = (
        Specification::find(test),
        site::prepared("ATTEST_SPEC_TYPESCRIPT", test),
    ) else {
        return;
    };
    let row = Row::of("TypeScript");
    let heading = "### JavaScript/TypeScript SDK";
    let program = specification.program("typescript", heading, "typescript");
    assert!(program.says(SUCCESS), "the line is the program's own");

    let server = site::server_on(&site::project("node"), &[], &[]);
    let found = run(&program, &place, &server).exits(0);
    println!("{}", found.stdout);
    let lines: Vec<&str> = found.stdout.lines().collect();
    assert_eq!(lines.last(), Some(&SUCCESS), "{}", found.text());
    for status in ["running", "completed"] {
        let line = format!("Pipeline status: {status}");
        // The program may learn of a run only after it began: a status is told once, or was known already.
        let told = lines.iter().filter(|found| **found == line).count();
        assert!(
            told == 1 || (status == "running" && told == 0),
            "{}",
            found.text()
        );
    }
    for step in ["install", "build"] {
        let told: Vec<&&str> = lines
            .iter()
            .filter(|line| line.starts_with(&format!("Step {step} completed in ")))
            .collect();
        assert_eq!(told.len(), 1, "{}", found.text());
        let seconds = told[0]
            .rsplit_once(' ')
            .and_then(|(_, time)| time.strip_suffix('s'));
        let seconds: f64 = seconds.unwrap().parse().unwrap();
        assert!((0.0..600.0).contains(&seconds), "{}", found.text());
    }
    assert_eq!(server.executions()[0]["environment"], "production");

    let broken = site::broken_project("node", "src/build.js", "three'), 3)", "three'), 4)");
    let server = site::server_on(&broken.path(), &[], &[]);
    let found = run(&program, &place, &server).exits(0);
    assert!(!found.text().contains(SUCCESS), "{}", found.text());
    assert!(
        found.stdout.contains("Pipeline status: failed"),
        "{}",
        found.text()
    );
    site::assert_refused_as_failed(&server);

    // The check is one: a program with a wrong type does not pass it.
    let typo = program
        .with(&site::borrowed(&site::values(&server)))
        .replace("sign: true", "sign: 'yes'");
    std::fs::write(place.join("program.ts"), typo).unwrap();
    let refused = check(&place, "program.ts");
    assert_ne!(refused.code, 0, "{}", refused.text());
    assert!(
        refused.text().contains("not assignable to type 'boolean"),
        "{}",
        refused.text()
    );
    row.shown("tsc --strict; statuses and steps told; valid attestation; a failed run is refused");
}

/// Compiles the program strictly and runs it. `place` is an npm project in which `@attest/sdk` and TypeScript are
/// installed.
fn run(program: &Program, place: &Path, server: &Server) -> Finished {
    let text = program.with(&site::borrowed(&site::values(server)));
    std::fs::write(place.join("program.ts"), text).unwrap();
    check(place, "program.ts").exits(0);
    let mut command = Command::new("node");
    clean_environment(&mut command);
    finish(command.arg(place.join("program.js")))
}

/// Checks `file` of `place` as strictly as the compiler can, and leaves a `.js` beside it.
pub(crate) fn check(place: &Path, file: &str) -> Finished {
    let compiler: PathBuf = place.join("node_modules/.bin/tsc");
    let options = [
        "--strict",
        "--target",
        "es2022",
        "--module",
        "nodenext",
        "--moduleResolution",
        "nodenext",
        "--types",
        "node",
        "--noEmitOnError",
        file,
    ];
    finish(Command::new(compiler).args(options).current_dir(place))
}
