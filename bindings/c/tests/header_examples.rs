//! Every type of the header has an example in its comment, and all of them compile as C99.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// What an example finds without saying where from.
const GIVEN: &str = "attest_client_t *client, attest_verifier_t *verifier, attest_receipt_t *receipt, attest_slice id, \
                     attest_buf out, attest_error_t *error, const char *text, const uint8_t *bytes, size_t length, FILE *file";

fn include() -> String {
    format!("{}/include", env!("CARGO_MANIFEST_DIR"))
}

/// The types of the header, each with the lines of code in the comment before it.
fn examples(header: &str) -> Vec<(String, Vec<&str>)> {
    let mut found = Vec::new();
    let mut comment = Vec::new();
    let mut lines = header.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("//") {
            comment.push(line);
            continue;
        }
        let rest = line.strip_prefix("typedef ").or(line.strip_prefix("enum "));
        if let Some(rest) = rest.filter(|_| !comment.is_empty()) {
            let end = lines.clone().find(|line| line.starts_with('}'));
            let name = match rest {
                "struct {" => end.unwrap_or_default().trim_start_matches("} "),
                one_line => one_line.trim_start_matches("struct "),
            };
            let name = name.split([' ', ';']).next().unwrap_or_default();
            let code = comment
                .iter()
                .filter_map(|line| line.strip_prefix("//     "));
            found.push((name.to_owned(), code.collect()));
        }
        comment.clear();
    }
    found
}

#[test]
fn every_type_has_an_example_that_compiles() {
    let header = std::fs::read_to_string(Path::new(&include()).join("attest.h")).expect("attest.h");
    let examples = examples(&header);
    let without: Vec<_> = examples
        .iter()
        .filter(|(_, code)| code.is_empty())
        .collect();
    assert!(without.is_empty(), "no example: {without:?}");
    let mut program = "#include <attest.h>\n#include <stdio.h>\n".to_owned();
    for (name, code) in &examples {
        let code = code.join("\n");
        // In a block of its own, where it may have a variable of its own by a given name.
        program += &format!(
            "void example_of_{name}({GIVEN});\nvoid example_of_{name}({GIVEN})\n{{{{\n{code}\n}}}}\n"
        );
    }
    assert!(examples.len() >= 11, "{program}");
    let warnings = [
        "-Wall",
        "-Wextra",
        "-Wpedantic",
        "-Werror",
        "-Wno-unused-variable",
        "-Wno-unused-parameter",
    ];
    let mut compiler = Command::new("cc")
        .args(["-x", "c", "-std=c99", "-fsyntax-only", "-I", &include()])
        .args(warnings)
        .arg("-")
        .stdin(Stdio::piped())
        .spawn()
        .expect("cc, which building this crate took as well");
    let mut source = compiler.stdin.take().expect("a pipe");
    source.write_all(program.as_bytes()).expect("cc reads it");
    drop(source);
    assert!(compiler.wait().expect("cc ends").success(), "{program}");
}
