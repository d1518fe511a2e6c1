//! The independent command-line tool (crate `continuum-attest`), as a judge of receipts made here.

use std::collections::BTreeSet;
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

/// What the tool's `verify` says about a receipt; with a workspace that holds its `attest.yaml`, by `--recompute` too.
pub fn judged_there(receipt: &Path, trust: &Path, workspace: Option<&Path>) -> Finished {
    if let Some(workspace) = workspace {
        return recompute(receipt, workspace, trust);
    }
    let mut command = Command::new(tool());
    clean_environment(&mut command);
    command
        .arg("verify")
        .arg(receipt)
        .args(["--format", "json"]);
    finish(command.arg("--trust-store").arg(trust))
}

/// What `attest verify` says here about the same.
pub fn judged_here(receipt: &Path, trust: &Path, workspace: Option<&Path>) -> Finished {
    let mut command = crate::attest(
        receipt.parent().expect("a file lies in a directory"),
        ["verify"],
    );
    command.arg(receipt).arg("--trust").arg(trust);
    if let Some(workspace) = workspace {
        command
            .args(["--policy", "require-recompute", "--workspace"])
            .arg(workspace);
    }
    finish(&mut command)
}

/// Makes a key in `workspace`, trusted by `workspace/.attest/trust`.
pub fn make_key(workspace: &Path) {
    in_workspace(workspace, &["keys", "generate", "--name", "interop"]).exits(0);
}

/// `attest run` of the tool in `workspace`; returns its exit code and the receipt it wrote.
pub fn run_with(workspace: &Path, args: &[&str]) -> (i32, PathBuf) {
    let written = || -> BTreeSet<PathBuf> {
        let folder = std::fs::read_dir(workspace.join(".attest/receipts"));
        folder
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .collect()
    };
    let before = written();
    let said = in_workspace(workspace, &[&["run", "--quiet"], args].concat());
    let new: Vec<PathBuf> = written().difference(&before).cloned().collect();
    assert_eq!(new.len(), 1, "the tool wrote {new:?}: {}", said.text());
    (said.code, new.into_iter().next().expect("there is one"))
}

fn in_workspace(workspace: &Path, args: &[&str]) -> Finished {
    let mut command = Command::new(tool());
    clean_environment(&mut command);
    // It keeps nothing outside the workspace, but may want a home.
    finish(
        command
            .env("HOME", workspace)
            .current_dir(workspace)
            .args(args),
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
