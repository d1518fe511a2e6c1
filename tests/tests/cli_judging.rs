//! `attest verify` with trust stores that are broken or dated, files held against a receipt, and input nobody means well:
//! each answer is clear, comes at once, and takes bounded memory.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use attest_tests::binary;
use attest_tests::command::{Finished, attest, clean_environment, finish};
use tempfile::TempDir;

/// The key of the receipt `basic`.
const ID: &str = "5afaa1d95b67eb5bdbcb8eb7a1c13933";
/// When that receipt says that it was made, to the second.
const MADE: &str = "2026-11-23T23:16:09";

fn basic() -> PathBuf {
    binary::vectors().join("receipts/basic")
}

/// A copy of the receipt's trust store with more in its entry.
fn store(more: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let name = format!("{ID}.pub");
    fs::copy(basic().join("trust").join(&name), dir.path().join(&name)).unwrap();
    let entry = format!("version = 1\n[[key]]\nid = \"{ID}\"\nname = \"alpha\"\n{more}\n");
    fs::write(dir.path().join("trust.toml"), entry).unwrap();
    dir
}

fn verify(receipt: &Path, trust: &Path, more: &[&str]) -> Finished {
    let mut command = attest(Path::new("/"), ["verify"]);
    finish(command.arg(receipt).arg("--trust").arg(trust).args(more))
}

fn judged(more: &str, options: &[&str]) -> Finished {
    verify(&basic().join("receipt.yaml"), store(more).path(), options)
}

#[test]
fn a_key_is_believed_within_its_window() {
    let trusted = |bounds: &str| format!("status = \"trusted\"\n{bounds}");
    judged(&trusted(&format!("valid_from = \"{MADE}Z\"")), &[]).exits(0);
    judged(&trusted("valid_from = \"2026-11-23T23:16:10Z\""), &[])
        .exits(1)
        .says(&["key_not_yet_valid", "2026-11-23T23:16:10"]);
    judged(&trusted("valid_until = \"9999-01-01T00:00:00Z\""), &[]).exits(0);
    // The window ended after the receipt was made, by the receipt's own word alone.
    let ended = trusted("valid_until = \"2026-11-23T23:16:10Z\"");
    judged(&ended, &[]).exits(1).says(&["key_expired"]);
    judged(&ended, &["--trust-receipt-timestamp"])
        .exits(0)
        .says(&["signer_time_believed"]);
    let before = trusted("valid_until = \"2026-11-23T23:16:09Z\"");
    judged(&before, &["--trust-receipt-timestamp"])
        .exits(1)
        .says(&["key_expired"]);
}

#[test]
fn a_revoked_key_is_refused_whatever_the_receipt_says_of_its_time() {
    judged("status = \"revoked\"", &[])
        .exits(1)
        .says(&["key_revoked"]);
    judged("status = \"revoked\"", &["--trust-receipt-timestamp"]).exits(1);
    let later = "status = \"revoked\"\nrevoked_at = \"2026-11-23T23:16:10Z\"";
    judged(later, &[])
        .exits(1)
        .says(&["key_revoked", "2026-11-23T23:16:10"]);
    judged(later, &["--trust-receipt-timestamp"]).exits(0);
    let earlier = format!("status = \"revoked\"\nrevoked_at = \"{MADE}Z\"");
    judged(&earlier, &["--trust-receipt-timestamp"]).exits(1);
}

#[test]
fn a_trust_store_that_is_not_whole_is_refused_by_name() {
    let refused = |change: &dyn Fn(&Path), parts: &[&str]| {
        let store = store("status = \"trusted\"");
        change(store.path());
        verify(&basic().join("receipt.yaml"), store.path(), &[])
            .exits(2)
            .says(parts);
    };
    let key = |store: &Path| store.join(format!("{ID}.pub"));
    let toml = |store: &Path, from: &str, to: &str| {
        let text = fs::read_to_string(store.join("trust.toml")).unwrap();
        fs::write(store.join("trust.toml"), text.replace(from, to)).unwrap();
    };
    refused(
        &|s| fs::remove_file(key(s)).unwrap(),
        &[ID, "cannot be read"],
    );
    let other = || {
        let weird = binary::vectors().join("receipts/weird/trust");
        let entries = fs::read_dir(weird).unwrap().flatten();
        entries
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|ending| ending == "pub"))
            .unwrap()
    };
    let swap = |s: &Path| {
        fs::copy(other(), key(s)).unwrap();
    };
    refused(&swap, &[ID, "another key"]);
    refused(
        &|s| fs::write(key(s), "0".repeat(64)).unwrap(),
        &[ID, "small order"],
    );
    refused(&|s| toml(s, "version = 1", "version = 2"), &["version 2"]);
    refused(
        &|s| toml(s, "\"trusted\"", "\"retired\""),
        &[ID, "\"retired\""],
    );
    refused(&|s| toml(s, "status", "state"), &["trust.toml"]);
    refused(
        &|s| toml(s, "name", "valid_until = \"soon\"\nname"),
        &[ID, "valid_until", "\"soon\""],
    );
    let fifo = |s: &Path| {
        fs::remove_file(key(s)).unwrap();
        assert!(
            Command::new("mkfifo")
                .arg(key(s))
                .status()
                .unwrap()
                .success()
        );
    };
    refused(&fifo, &[ID, "neither a file"]);
}

#[test]
fn a_policy_with_an_odd_argument_is_refused_with_its_form() {
    for (policy, part) in [
        ("require-isolation", "require-isolation:<control>"),
        (
            "require-isolation:network,memory",
            "one policy for each control",
        ),
        ("signer:", "missing"),
        ("source:https://example.com/r.git", "no `@`"),
        ("artifact:out/app", "no `=`"),
        ("artifact:../app=00", "\"../app\""),
        ("max-age-1y", "max-age-<n><s|m|h|d>"),
        ("require-reproducibile", "unknown policy"),
    ] {
        judged("status = \"trusted\"", &["--policy", policy])
            .exits(2)
            .says(&[policy, part]);
    }
}

#[test]
fn policies_about_origin_are_met_by_the_receipt_they_describe() {
    let name = "status = \"trusted\"\nsigner = \"ci@example.com\"";
    for (policy, code) in [
        ("signer:ci@example.com", 0),
        (&*format!("signer:{ID}"), 0),
        ("signer:alpha", 1),
        ("require-reproducible", 1),
        ("require-isolation:nothing", 1),
    ] {
        judged(name, &["--policy", policy]).exits(code);
    }
}

#[test]
fn a_file_at_hand_has_to_be_attested() {
    let dir = tempfile::tempdir().unwrap();
    let archive = fs::File::open(basic().join("workspace.tar")).unwrap();
    tar::Archive::new(archive).unpack(dir.path()).unwrap();
    let app = dir.path().join("out/app");
    let renamed = dir.path().join("app-1.0");
    fs::copy(&app, &renamed).unwrap();
    let hold = |files: &[&Path]| {
        let options: Vec<&str> = files
            .iter()
            .flat_map(|file| ["--artifact", file.to_str().unwrap()])
            .collect();
        judged("status = \"trusted\"", &options)
    };
    hold(&[&app, &renamed])
        .exits(0)
        .says(&["app-1.0 is out/app of step build"]);
    fs::write(&renamed, "other").unwrap();
    hold(&[&app, &renamed]).exits(1).says(&[
        "NOT VALID",
        "artifacts: ",
        "app-1.0",
        "file_not_attested",
    ]);
    let json = judged(
        "status = \"trusted\"",
        &["--json", "--artifact", renamed.to_str().unwrap()],
    )
    .exits(1)
    .json();
    let checks = json["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == "artifacts");
    assert_eq!(check.unwrap()["code"], "file_not_attested");
    hold(&[dir.path()])
        .exits(2)
        .says(&["--artifact", "directory"]);
    hold(&[&dir.path().join("absent")])
        .exits(2)
        .says(&["absent"]);
    let fifo = dir.path().join("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    hold(&[&fifo]).exits(2).says(&["neither a file"]);
}

/// `attest verify` in 512 MiB of address space, all of it, the program's own code included.
fn in_bounded_memory(bytes: &[u8]) -> Finished {
    let dir = tempfile::tempdir().unwrap();
    let receipt = dir.path().join("receipt");
    fs::write(&receipt, bytes).unwrap();
    let mut command = Command::new("prlimit");
    command
        .arg(format!("--as={}", 512 * 1024 * 1024))
        .arg(binary::attest())
        .args(["verify", "--trust"])
        .arg(basic().join("trust"))
        .arg(receipt)
        .stdin(Stdio::null());
    clean_environment(&mut command);
    finish(&mut command)
}

#[test]
fn a_hostile_receipt_gets_its_own_answer_in_bounded_memory() {
    let text = fs::read_to_string(basic().join("receipt.yaml")).unwrap();
    let with = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1).into_bytes()
    };
    let deep = |open: &str, close: &str| [open.repeat(10_000), close.repeat(10_000)].concat();
    let limit = 16 * 1024 * 1024;
    let duration = "total_duration_secs: 0";
    let cases: Vec<(&str, Vec<u8>, i32, &str)> = vec![
        (
            "too large",
            vec![b' '; limit + 1],
            2,
            "16777217 bytes, the limit is 16777216",
        ),
        (
            "deep JSON",
            deep("[", "]").into_bytes(),
            2,
            "nested deeper than 64 levels",
        ),
        (
            "deep JSON objects",
            deep("{\"a\":", "}").into_bytes(),
            2,
            "nested deeper than 64 levels",
        ),
        (
            "deep YAML",
            "- ".repeat(10_000).into_bytes(),
            2,
            "nested deeper than 64 levels",
        ),
        (
            "deep YAML maps",
            deep("{a: ", "}").into_bytes(),
            2,
            "recursion limit",
        ),
        (
            "unclosed",
            b"[".repeat(limit),
            2,
            "nested deeper than 64 levels",
        ),
        (
            "many values",
            b"[".iter()
                .copied()
                .chain(b"0,".repeat(limit / 2 - 8))
                .collect(),
            2,
            "more than 1000000 values",
        ),
        (
            "brackets in brackets",
            format!(
                "[{}b]",
                format!("{}a{},", "[".repeat(62), "]".repeat(62)).repeat(133_000)
            )
            .into_bytes(),
            2,
            "more than 600000 of the characters",
        ),
        (
            "texts without commas",
            [&b"["[..], &b"''\n".repeat(limit / 3 - 1)].concat(),
            2,
            "more than 600000 of the characters",
        ),
        (
            "as many as are read",
            [&b"["[..], &b"x: , ".repeat(299_000)].concat(),
            2,
            "not readable as JSON or YAML",
        ),
        (
            "many lines",
            b"- 0\n".repeat(limit / 4),
            2,
            "more than 1000000 values",
        ),
        (
            "one long text",
            [&b"\""[..], &b"x".repeat(limit - 2), b"\""].concat(),
            1,
            "schema_mismatch",
        ),
        (
            "an anchor",
            with("attest_version: ", "attest_version: &v "),
            2,
            "anchors",
        ),
        (
            "a tag",
            with("attest_version: ", "attest_version: !!str "),
            2,
            "tags",
        ),
        (
            "a merge key",
            with("attest_version: ", "<<: {}\nattest_version: "),
            2,
            "merge keys",
        ),
        (
            "a duplicate key",
            with("attest_version: ", "timestamp: x\nattest_version: "),
            2,
            "duplicate key \"timestamp\"",
        ),
        (
            "two documents",
            [text.as_bytes(), b"---\n", text.as_bytes()].concat(),
            2,
            "second document",
        ),
        (
            "NaN",
            with(duration, "total_duration_secs: .nan"),
            1,
            "schema_mismatch",
        ),
        (
            "past u64",
            with(duration, "total_duration_secs: 18446744073709551616"),
            1,
            "schema_mismatch",
        ),
        (
            "a million digits",
            with(
                duration,
                &format!("total_duration_secs: {}", "9".repeat(1_000_000)),
            ),
            1,
            "schema_mismatch",
        ),
        (
            "no UTF-8",
            [text.as_bytes(), b"\xff"].concat(),
            2,
            "not UTF-8",
        ),
        (
            "UTF-16",
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            2,
            "receipt",
        ),
        (
            "NUL",
            with("attest_version: ", "attest_version: \0"),
            2,
            "receipt",
        ),
        (
            "a mark at the start",
            [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat(),
            0,
            "valid",
        ),
    ];
    for (case, bytes, code, part) in cases {
        let found = in_bounded_memory(&bytes);
        let said = found.text();
        assert_eq!(found.code, code, "{case}: {said}");
        assert!(said.contains(part), "{case}: {part:?} is not in: {said}");
        assert!(
            !said.contains("panicked") && said.len() < 4_000,
            "{case}: {said}"
        );
    }
}
