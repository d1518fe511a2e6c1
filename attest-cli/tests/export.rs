//! `attest export` without a server: the bytes of every language, and what is refused before anything is written.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A receipt, the key that signed it, its workspace, and the exports that every language gives.
fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/provenance/golden")
        .join(name)
}

fn attest<S: AsRef<OsStr>>(dir: &Path, arguments: impl IntoIterator<Item = S>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_attest"))
        .args(arguments)
        .current_dir(dir)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// `attest export` of the golden receipt and workspace, in `dir`.
fn export(dir: &Path, more: &[&str]) -> Output {
    let (receipt, workspace) = (golden("receipt.yaml"), golden("workspace"));
    let fixed = [
        "export".as_ref(),
        receipt.as_os_str(),
        "--workspace".as_ref(),
        workspace.as_os_str(),
    ];
    attest(dir, fixed.into_iter().chain(more.iter().map(OsStr::new)))
}

#[track_caller]
fn refused(output: &Output, parts: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(output.stdout.is_empty());
    for part in parts {
        assert!(said.contains(part), "{part:?} is not in: {said}");
    }
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_file_has_the_subjects_name_and_the_bytes_of_every_language() {
    let dir = tempfile::tempdir().unwrap();
    let key = golden("key.pem");
    let key = key.to_str().unwrap();
    for (format, name, expected) in [
        ("intoto", "app.intoto.jsonl", "basic.intoto.jsonl"),
        ("sigstore", "app.sigstore.json", "basic.sigstore.json"),
    ] {
        let expected = fs::read(golden(expected)).unwrap();
        let made = export(dir.path(), &["--key", key, "--format", format]);
        assert_eq!(String::from_utf8_lossy(&made.stdout), format!("{name}\n"));
        assert_eq!(fs::read(dir.path().join(name)).unwrap(), expected);
        let shown = export(
            dir.path(),
            &["--key", key, "--format", format, "--out", "-"],
        );
        assert_eq!(shown.stdout, expected);
    }
    let json = export(
        dir.path(),
        &["--key", key, "--out", "new/x.jsonl", "--json"],
    );
    let said: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(
        said,
        serde_json::json!({"file": "new/x.jsonl", "format": "intoto", "subjects": ["out/app"]})
    );
    assert_eq!(
        names(dir.path()),
        ["app.intoto.jsonl", "app.sigstore.json", "new"]
    );
}

#[test]
fn what_is_refused_says_why_and_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    attest(dir.path(), ["keys", "generate", "--out", "k.pem"]);
    let export = |more: &[&str]| export(dir.path(), more);
    refused(
        &export(&["--key", "k.pem"]),
        &["use the key that signed the receipt"],
    );
    refused(
        &export(&["--key", "none.pem"]),
        &["--key none.pem", "No such file"],
    );
    refused(&export(&["--key", "k.pub"]), &["k.pub", "PRIVATE KEY"]);
    refused(&export(&[]), &["--key"]);
    refused(
        &export(&["--key", "k.pem", "--format", "jsonl"]),
        &["intoto", "sigstore"],
    );
    refused(
        &export(&["--key", "k.pem", "--out", "-", "--json"]),
        &["give --out FILE"],
    );
    let key = golden("key.pem");
    let key = key.to_str().unwrap();
    refused(
        &export(&["--key", key, "--subject", "out/none"]),
        &["attests no \"out/none\""],
    );
    refused(
        &export(&["--key", key, "--subject", "../app"]),
        &["\"../app\"", "without `..`"],
    );
    refused(
        &export(&["--key", key, "--builder-id", "me"]),
        &["\"me\"", "URI"],
    );
    let not_utf8 = [
        b"export".as_slice(),
        b"r",
        b"--workspace",
        b".",
        b"--key",
        b"k.pem",
        b"--subject",
        b"\xff",
    ];
    refused(
        &attest(dir.path(), not_utf8.map(OsStr::from_bytes)),
        &["UTF-8"],
    );
    let receipt = golden("receipt.yaml");
    let elsewhere = [
        "export",
        receipt.to_str().unwrap(),
        "--key",
        key,
        "--workspace",
    ];
    refused(
        &attest(dir.path(), elsewhere.iter().chain(&["none"])),
        &["--workspace none"],
    );
    refused(
        &attest(dir.path(), elsewhere.iter().chain(&["."])),
        &["\"out/app\"", "put the run's outputs there"],
    );
    refused(
        &attest(
            dir.path(),
            ["export", "k.pem", "--workspace", ".", "--key", "k.pem"],
        ),
        &["k.pem"],
    );
    assert_eq!(names(dir.path()), ["k.pem", "k.pub"]);
}
