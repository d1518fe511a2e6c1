//! The public surface of the Rust SDK, held against the one table in `conformance/api.json`, both ways.
//!
//! It reads the sources: what `attest-sdk` exports, and the public functions of its types. Types that it hands on from
//! `attest-core` have tests of their own there; of those only what the table names is looked for.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use attest_tests::binary;
use serde_json::Value;

type Names = BTreeSet<String>;

#[test]
fn the_table_and_the_sdk_have_the_same_names() {
    let table = read_json("api.json");
    let beside = read_json("public/rust.json");
    let (built, later) = (cells(&table, "built"), cells(&table, "later"));
    let sdk = Surface::of("attest-sdk/src");
    let core = Surface::of("attest-core/src");
    let exported = exports();

    // Of the table, everything exists, where a caller of `attest_sdk` reaches it.
    let reached = |name: &String| {
        let Some((owner, item)) = name.rsplit_once("::") else {
            return exported.contains(name);
        };
        let root = owner.split("::").next().unwrap_or_default();
        let of_a_module = owner.starts_with(|c: char| c.is_ascii_lowercase());
        exported.contains(root)
            && (sdk.members.contains(name)
                || core.members.contains(name)
                || (of_a_module && core.items.contains(item)))
    };
    let missing: Vec<&String> = built.iter().filter(|name| !reached(name)).collect();
    assert!(
        missing.is_empty(),
        "in the table, not in the SDK: {missing:#?}"
    );
    let early: Vec<&String> = later.iter().filter(|name| reached(name)).collect();
    assert!(
        early.is_empty(),
        "the table says they come later: {early:#?}"
    );

    // And nothing is public beside it.
    let on_purpose: Names = beside["names"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    let mut public: Names = exported.clone();
    public.extend(
        sdk.members
            .iter()
            .filter(|name| {
                let owner = name.split("::").next().unwrap_or_default();
                exported.contains(owner)
            })
            .cloned(),
    );
    let unknown: Vec<&String> = public
        .iter()
        .filter(|name| !built.contains(*name) && !on_purpose.contains(*name))
        .collect();
    assert!(
        unknown.is_empty(),
        "public, and in no row of api.json nor in public/rust.json: {unknown:#?}"
    );
    let gone: Vec<&String> = on_purpose
        .iter()
        .filter(|name| !public.contains(*name))
        .collect();
    assert!(
        gone.is_empty(),
        "in public/rust.json, but not public: {gone:#?}"
    );
    let twice: Vec<&String> = on_purpose
        .iter()
        .filter(|name| built.contains(*name))
        .collect();
    assert!(
        twice.is_empty(),
        "in api.json and in public/rust.json: {twice:#?}"
    );
}

#[test]
fn every_row_has_a_cell_of_each_language() {
    let table = read_json("api.json");
    let languages: Vec<&str> = table["languages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|language| language.as_str().unwrap())
        .collect();
    for row in rows(&table) {
        for language in &languages {
            let cell = row[*language].as_array();
            let cell = cell.unwrap_or_else(|| panic!("no cell of {language} in {row}"));
            let state = cell.first().and_then(Value::as_str).unwrap_or_default();
            assert!(
                ["built", "later", "none"].contains(&state) && cell.len() > 1,
                "{language} in {row}"
            );
        }
    }
}

#[test]
fn the_errors_of_the_table_are_the_kinds_of_the_core() {
    let table = read_json("api.json");
    let listed: Vec<(String, i64)> = table["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["kind"].as_str().unwrap().to_owned(),
                row["c_code"].as_i64().unwrap(),
            )
        })
        .collect();
    let kinds: Vec<(String, i64)> = attest_sdk::ErrorKind::ALL
        .iter()
        .map(|kind| (kind.code().to_owned(), kind.c_code().into()))
        .collect();
    assert_eq!(listed, kinds);
}

fn read_json(path: &str) -> Value {
    let path = binary::checkout().join("tests/conformance").join(path);
    serde_json::from_str(&read(&path)).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

fn rows(table: &Value) -> impl Iterator<Item = &Value> {
    let kinds = [
        "operations",
        "client_options",
        "call_options",
        "errors",
        "models",
    ];
    kinds
        .into_iter()
        .flat_map(|kind| table[kind].as_array().unwrap())
}

/// The names of Rust's cells that are in this state. Of `call_options` there are none: those are no names of the SDK.
fn cells(table: &Value, state: &str) -> Names {
    let of_calls = table["call_options"].as_array().unwrap();
    rows(table)
        .filter(|row| !of_calls.contains(row))
        .map(|row| row["rust"].as_array().unwrap())
        .filter(|cell| cell[0] == state)
        .flat_map(|cell| cell.iter().skip(1))
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

/// What a caller can write after `attest_sdk::`.
fn exports() -> Names {
    let text = read(&binary::checkout().join("attest-sdk/src/lib.rs"));
    let uses = text.split("pub use ").skip(1);
    let trees = uses.map(|rest| rest.split(';').next().unwrap_or_default());
    trees.flat_map(leaves).collect()
}

/// The names that a `use` tree ends in.
fn leaves(tree: &str) -> Vec<String> {
    assert!(!tree.contains('*'), "a glob hides what is exported: {tree}");
    let list = tree.split_once('{').map_or(tree, |(_, list)| list);
    let items = list.trim_end_matches(['}', ' ', '\n']).split(',');
    let items = items.map(str::trim).filter(|item| !item.is_empty());
    let names = items.map(|item| {
        let renamed = item.rsplit(" as ").next().unwrap_or_default();
        renamed.rsplit("::").next().unwrap_or_default().to_owned()
    });
    names.collect()
}

/// What a crate's sources define in public. They are as rustfmt leaves them: an item begins its line, a member is four
/// blanks in.
#[derive(Default)]
struct Surface {
    /// Types and functions of modules.
    items: Names,
    /// `Type::function` of inherent implementations, and `Enum::Variant`.
    members: Names,
}

impl Surface {
    fn of(sources: &str) -> Self {
        let mut surface = Self::default();
        surface.read_dir(&binary::checkout().join(sources));
        surface
    }

    fn read_dir(&mut self, dir: &Path) {
        for entry in fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                self.read_dir(&path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                self.read(&read(&path));
            }
        }
    }

    fn read(&mut self, text: &str) {
        let mut owner = None;
        for line in text.lines() {
            match line {
                "}" => owner = None,
                _ if line.starts_with("impl") && !line.contains(" for ") => {
                    owner = line
                        .trim_end_matches(" {")
                        .rsplit(' ')
                        .next()
                        .map(name)
                        .map(Owner::Type);
                }
                _ if line.starts_with("pub enum ") => {
                    owner = Some(Owner::Enum(name(&line["pub enum ".len()..])));
                }
                _ => {}
            }
            for kind in ["pub struct ", "pub enum ", "pub fn ", "pub async fn "] {
                if let Some(rest) = line.strip_prefix(kind) {
                    self.items.insert(name(rest));
                }
            }
            let member = line.strip_prefix("    ").unwrap_or_default();
            let found = match &owner {
                Some(Owner::Type(_)) => ["pub fn ", "pub async fn ", "pub const fn "]
                    .iter()
                    .find_map(|kind| member.strip_prefix(kind)),
                Some(Owner::Enum(_)) => Some(member)
                    .filter(|member| member.starts_with(|c: char| c.is_ascii_uppercase())),
                None => None,
            };
            if let (Some(Owner::Type(owner) | Owner::Enum(owner)), Some(found)) = (&owner, found) {
                self.members.insert(format!("{owner}::{}", name(found)));
            }
        }
    }
}

/// What the lines that follow belong to.
enum Owner {
    Type(String),
    Enum(String),
}

/// The identifier that a text begins with.
fn name(text: &str) -> String {
    let own = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    text.chars().take_while(own).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}
