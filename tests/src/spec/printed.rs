//! A program of the specification, and the few changes that let it run here.

use std::path::PathBuf;

use serde_json::Value;

use crate::{binary, require};

/// The specification's text.
#[derive(Debug)]
pub struct Specification {
    text: String,
}

/// A program as it is printed, under the name it has in `substitutions.json`.
#[derive(Debug)]
pub struct Program {
    name: &'static str,
    text: String,
}

impl Specification {
    /// Reads the `.txt` files of `ATTEST_SPEC_DIR`, else of `../shared/spec` beside the checkout.
    /// Where there are none, says that `test` is skipped and returns `None`.
    pub fn find(test: &str) -> Option<Self> {
        let dir = std::env::var_os("ATTEST_SPEC_DIR").map(PathBuf::from);
        let dir = dir.unwrap_or_else(|| binary::checkout().join("../shared/spec"));
        let mut files: Vec<PathBuf> = std::fs::read_dir(&dir)
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
        files.sort();
        if files.is_empty() {
            let why = format!(
                "no specification in {} (ATTEST_SPEC_DIR names another place)",
                dir.display()
            );
            require::skip(test, &why);
            return None;
        }
        let read = |file: &PathBuf| {
            std::fs::read_to_string(file)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        };
        Some(Self::of(
            files.iter().map(read).collect::<Vec<_>>().join("\n"),
        ))
    }

    /// Any text that prints programs as the specification does, such as the README.
    pub fn of(text: String) -> Self {
        Self { text }
    }

    /// The first block of `language` in the section under `heading`, as it is printed.
    pub fn block(&self, heading: &str, language: &str) -> String {
        let lines = self
            .text
            .lines()
            .skip_while(|line| *line != heading)
            .skip(1);
        let section =
            lines.take_while(|line| !line.starts_with("## ") && !line.starts_with("### "));
        let fence = format!("```{language}");
        let block = section
            .skip_while(|line| *line != fence)
            .skip(1)
            .take_while(|line| *line != "```");
        let text: String = block.flat_map(|line| [line, "\n"]).collect();
        assert!(
            !text.is_empty(),
            "the specification has no {language} block under {heading:?}"
        );
        text
    }

    /// The program `name`: the first block of `language` under `heading`.
    pub fn program(&self, name: &'static str, heading: &str, language: &str) -> Program {
        Program {
            name,
            text: self.block(heading, language),
        }
    }
}

impl Program {
    /// Whether it holds `text` as it is printed.
    pub fn says(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// The text that runs: as printed, but for what the committed table says. Each row of the table must apply, and each
    /// value it asks for be in `values`.
    pub fn with(&self, values: &[(&str, &str)]) -> String {
        let table = include_str!("../../spec-projects/substitutions.json");
        let table: Value = serde_json::from_str(table).expect("substitutions.json is JSON");
        let mut text = self.text.clone();
        for row in self.rows(&table, "substitutions") {
            let by = field(row, "by");
            let value = values.iter().find(|(name, _)| *name == by);
            let (_, value) = value.unwrap_or_else(|| panic!("no value for {by:?}"));
            text = text.replace(self.held(&text, field(row, "text")), value);
        }
        for row in self.rows(&table, "insertions") {
            let after = self.held(&text, field(row, "after"));
            text = text.replace(after, &format!("{after}{}", field(row, "insert")));
        }
        for row in self.rows(&table, "functions") {
            let from = self.held(&text, field(row, "from"));
            let (before, tail) = text.split_once(from).expect("it was found just now");
            let body: String = tail.lines().map(|line| format!("    {line}\n")).collect();
            text = format!("{before}{from}{}{body}", field(row, "head"));
        }
        text
    }

    fn rows<'a>(&'a self, table: &'a Value, kind: &str) -> impl Iterator<Item = &'a Value> {
        let rows = table.get(kind).and_then(Value::as_array);
        let rows = rows.unwrap_or_else(|| panic!("no list of {kind}"));
        rows.iter().filter(|row| {
            let programs = row.get("in").and_then(Value::as_array);
            programs
                .expect("a list of programs")
                .iter()
                .any(|name| name == self.name)
        })
    }

    fn held<'a>(&self, text: &str, part: &'a str) -> &'a str {
        assert!(
            text.contains(part),
            "the program {} does not hold {part:?}",
            self.name
        );
        part
    }
}

fn field<'a>(row: &'a Value, name: &str) -> &'a str {
    let text = row.get(name).and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("no text {name:?} in {row}"))
}
