//! A project's directory: what of it is a source, and its `attest.yaml`, read and judged before anything runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use attest_sdk::pipeline::{Definition, Problems};
use attest_sdk::source::{self, Contents};

use crate::failure::Failure;

/// Largest pipeline file that is read, in bytes.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Where `attest serve` keeps its data when it is started in a project. The server leaves it out of its own source too.
const DATA: &str = "attest-data";

/// What `dir` holds as a source.
pub(crate) fn contents(dir: &Path) -> Result<Contents, Failure> {
    source::list(dir, &[dir.join(DATA)]).map_err(|error| Failure::new(error.to_string()))
}

/// Reads a pipeline file. It may still be one that cannot run.
pub(crate) fn read(file: &Path) -> Result<Definition, Failure> {
    Definition::parse(&bytes(file)?)
        .map_err(|error| Failure::new(format!("{}:{error}", file.display())))
}

/// The bytes of a pipeline file.
pub(crate) fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    let shown = file.display();
    let fault = |error: std::io::Error| Failure::new(format!("cannot read {shown}: {error}"));
    let about = fs::metadata(file).map_err(fault)?;
    if !about.is_file() || about.len() > MAX_BYTES {
        return Err(Failure::new(format!(
            "{shown} is no file of at most 16 MiB"
        )));
    }
    fs::read(file).map_err(fault)
}

/// The failure of a pipeline that cannot run: every problem with its place.
pub(crate) fn refuse(file: &Path, problems: &Problems) -> Failure {
    let mut lines: Vec<_> = problems
        .iter()
        .map(|problem| format!("{}: {problem}", file.display()))
        .collect();
    if problems.omitted() > 0 {
        lines.push(format!("and {} more", problems.omitted()));
    }
    Failure::new(lines.join("\n"))
}

/// The name that a directory gives to a pipeline without one.
pub(crate) fn name_of(dir: &Path) -> Result<String, Failure> {
    let whole = fs::canonicalize(dir)
        .map_err(|error| Failure::new(format!("cannot use {}: {error}", dir.display())))?;
    match whole.file_name().and_then(|name| name.to_str()) {
        Some(name) => Ok(name.to_owned()),
        None => Err(Failure::new(format!(
            "{} has no name to give to the pipeline",
            whole.display()
        ))
        .hint("add a top-level `name` to attest.yaml")),
    }
}

/// Reads `K=V`.
pub(crate) fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("give NAME=VALUE".to_owned()),
    }
}

/// The variables by name; the same name twice is refused.
pub(crate) fn variables(given: &[(String, String)]) -> Result<BTreeMap<String, String>, Failure> {
    let mut variables = BTreeMap::new();
    for (name, value) in given {
        if variables.insert(name.clone(), value.clone()).is_some() {
            return Err(Failure::new(format!("--var {name} is given twice")));
        }
    }
    Ok(variables)
}
