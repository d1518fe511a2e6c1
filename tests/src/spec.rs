//! The specification's programs, taken from its text as they are printed there.

use std::path::PathBuf;

use crate::{binary, require};

/// The specification's text.
#[derive(Debug)]
pub struct Specification {
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
        Some(Self {
            text: files.iter().map(read).collect::<Vec<_>>().join("\n"),
        })
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
}

/// Applies the committed table of substitutions. Each text of the table must be in the program, and each value
/// that the table asks for in `values`.
pub fn substitute(program: &str, values: &[(&str, &str)]) -> String {
    let table = include_str!("../spec-projects/substitutions.json");
    let table: serde_json::Value = serde_json::from_str(table).expect("substitutions.json is JSON");
    let rows = table
        .get("substitutions")
        .and_then(serde_json::Value::as_array)
        .expect("a list of substitutions");
    rows.iter().fold(program.to_owned(), |program, row| {
        let field = |name: &str| {
            row.get(name)
                .and_then(serde_json::Value::as_str)
                .expect("a text")
        };
        let (text, by) = (field("text"), field("by"));
        let value = values.iter().find(|(name, _)| *name == by);
        let (_, value) = value.unwrap_or_else(|| panic!("no value for {by:?}"));
        assert!(program.contains(text), "the program does not hold {text:?}");
        program.replace(text, value)
    })
}
