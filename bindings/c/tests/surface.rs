//! The header against `tests/conformance/api.json`: everything in it exists, and nothing is public beside it.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::path::Path;

use attest_bindings_support::Client;
use serde_json::{Map, Value};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn table(path: &str) -> Value {
    serde_json::from_str(&read(&format!("../../tests/conformance/{path}"))).expect("JSON")
}

/// The names in the cells of C that are in this state, in these parts of the table.
fn cells(parts: &[&str], state: &str) -> BTreeSet<String> {
    let table = table("api.json");
    let rows = parts
        .iter()
        .filter_map(|part| table.get(part)?.as_array())
        .flatten();
    rows.filter_map(|row| row.get("c")?.as_array()?.split_first())
        .filter(|(found, _)| found.as_str() == Some(state))
        .flat_map(|(_, names)| names)
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

/// Every word of the header's code that begins as this library's names do.
fn public() -> BTreeSet<String> {
    let header = read("include/attest.h");
    let (_, code) = header.split_once("*/").expect("the opening comment");
    code.lines()
        .filter_map(|line| line.split("//").next())
        .flat_map(|line| line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')))
        .filter(|word| word.starts_with("attest_") || word.starts_with("ATTEST_"))
        .filter(|word| *word != "ATTEST_H")
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_header_is_the_table_and_nothing_beside_it() {
    let parts = ["operations", "errors", "models"];
    let mut expected = cells(&parts, "built");
    // Of the options of a call, only the token is a name of the header.
    expected.insert("attest_cancel_t".to_owned());
    let beside = table("public/c.json");
    let beside = beside
        .get("names")
        .and_then(Value::as_array)
        .expect("names");
    expected.extend(
        beside
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned)),
    );

    let public = public();
    let missing: Vec<_> = expected.difference(&public).collect();
    let beside: Vec<_> = public.difference(&expected).collect();
    assert!(
        missing.is_empty() && beside.is_empty(),
        "in the table, not in the header: {missing:?}; in the header, not in the table: {beside:?}"
    );
    let later = cells(&parts, "later");
    let early: Vec<_> = public.intersection(&later).collect();
    assert!(early.is_empty(), "said to come later: {early:?}");
}

#[test]
fn the_options_of_a_client_are_those_of_the_table() {
    let header = read("include/attest.h");
    for (state, known) in [("built", true), ("later", false)] {
        for option in cells(&["client_options"], state) {
            let mut options = Map::new();
            options.insert(option.clone(), Value::Null);
            let options = Value::Object(options).to_string();
            let refused = Client::new(options.as_bytes(), "test").expect_err("no server is named");
            let unknown = refused.message().contains("is not known");
            assert_eq!(unknown, !known, "{option}: {refused}");
            assert_eq!(header.contains(&format!("`{option}`")), known, "{option}");
        }
    }
}
