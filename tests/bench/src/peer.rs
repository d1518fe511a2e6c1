//! The peers: where `scripts/bench.sh` put them, and what is said where one is missing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Failure;

/// The tools of others that are on this machine.
#[derive(Debug)]
pub(crate) struct Peers {
    pub(crate) b3sum: Option<Tool>,
    /// The independent tool that reads and writes the same receipts.
    pub(crate) continuum: Option<Tool>,
    pub(crate) turbo: Option<Tool>,
    pub(crate) in_toto: Option<Tool>,
}

/// An installed tool.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) path: PathBuf,
    pub(crate) version: String,
}

impl Peers {
    /// Looks in the variables that `scripts/bench.sh` sets.
    pub(crate) fn find() -> Self {
        Self {
            b3sum: tool("b3sum", "ATTEST_BENCH_B3SUM"),
            continuum: tool("continuum-attest", "ATTEST_BENCH_CONTINUUM"),
            turbo: tool("turbo", "ATTEST_BENCH_TURBO"),
            in_toto: tool("in-toto-run", "ATTEST_BENCH_IN_TOTO"),
        }
    }
}

fn tool(name: &str, variable: &str) -> Option<Tool> {
    let path = std::env::var_os(variable).filter(|path| !path.is_empty());
    let Some(path) = path.map(PathBuf::from) else {
        eprintln!(
            "{name} is left out: {variable} is not set (`make bench` installs it where it can)"
        );
        return None;
    };
    match version(&path) {
        Ok(version) => Some(Tool { path, version }),
        Err(error) => {
            eprintln!("{name} is left out: {}: {error}", path.display());
            None
        }
    }
}

/// The last word of what `tool --version` prints.
pub(crate) fn version(tool: &Path) -> Result<String, Failure> {
    let output = Command::new(tool)
        .arg("--version")
        .stdin(Stdio::null())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    match text.split_whitespace().last() {
        Some(version) if output.status.success() => Ok(version.to_owned()),
        _ => Err(format!("no version ({})", output.status).into()),
    }
}

/// Runs a command to its end, without its output.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    finished(command.stdout(Stdio::null())).map(|_| ())
}

/// What a command prints.
pub(crate) fn said(command: &mut Command) -> Result<String, Failure> {
    Ok(String::from_utf8(finished(
        command.stdout(Stdio::piped()),
    )?)?)
}

fn finished(command: &mut Command) -> Result<Vec<u8>, Failure> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{command:?}: {}\n{said}", output.status).into())
}
