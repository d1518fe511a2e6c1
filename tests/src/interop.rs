//! The independent command-line tool (crate `continuum-attest`), as a judge of receipts made here.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Finished, clean_environment, finish};

/// Where the tool is: `ATTEST_INTEROP_TOOL`, which `make interop` sets.
pub fn tool() -> PathBuf {
    let path = std::env::var_os("ATTEST_INTEROP_TOOL").map(PathBuf::from);
    let path = path.expect("ATTEST_INTEROP_TOOL is not set: run `make interop`");
    assert!(
        path.is_file(),
        "{} is not there: run `make interop`",
        path.display()
    );
    path
}

/// What the tool's `verify --recompute` says about a receipt and a workspace that holds its `attest.yaml`.
pub fn recompute(receipt: &Path, workspace: &Path, trust: &Path) -> Finished {
    let mut command = Command::new(tool());
    clean_environment(&mut command);
    command
        .current_dir(workspace)
        .arg("verify")
        .arg(receipt)
        .args(["--recompute", "--format", "json"]);
    finish(
        command
            .arg("--workspace")
            .arg(workspace)
            .arg("--trust-store")
            .arg(trust),
    )
}

/// Runs the pipeline in `workspace/attest.yaml` with the tool, under a key that it makes there; returns its receipt.
/// The trust store is then `workspace/.attest/trust`.
pub fn run(workspace: &Path) -> PathBuf {
    let tool = |args: &[&str]| {
        let mut command = Command::new(tool());
        clean_environment(&mut command);
        // It keeps nothing outside the workspace, but may want a home.
        finish(
            command
                .env("HOME", workspace)
                .current_dir(workspace)
                .args(args),
        )
        .exits(0)
    };
    tool(&["keys", "generate", "--name", "interop"]);
    let said = tool(&["run", "--sign", "--quiet"]).stdout;
    let path = said.lines().last().unwrap_or_default().trim();
    let path = workspace.join(path);
    assert!(path.is_file(), "the tool did not name its receipt: {said}");
    path
}
