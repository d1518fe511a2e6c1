//! The real command without a server: exit codes, what goes where, and what is refused before anything happens.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.out, self.err))
    }

    #[track_caller]
    fn refused(&self, parts: &[&str]) {
        assert_eq!(self.code, 2, "{} {}", self.out, self.err);
        assert!(
            self.out.is_empty(),
            "data of a command that did not run: {}",
            self.out
        );
        for part in parts {
            assert!(self.err.contains(part), "{part:?} is not in: {}", self.err);
        }
    }
}

fn attest_with(dir: &Path, args: &[&str], env: &[(&str, &str)]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_attest"))
        .args(args)
        .current_dir(dir)
        .env_clear()
        .env("HOME", dir)
        .envs(env.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said {
        code: output.status.code().unwrap_or(-1),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

fn attest(dir: &Path, args: &[&str]) -> Said {
    attest_with(dir, args, &[])
}

/// A project with a pipeline and the address of a server that nobody runs.
fn project(pipeline: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("attest.yaml"), pipeline).unwrap();
    dir
}

const PIPELINE: &str =
    "version: \"1\"\nsteps:\n  - {name: a, run: 'true', inputs: [], outputs: []}\n";
const NOWHERE: [(&str, &str); 2] = [
    ("ATTEST_BASE_URL", "http://127.0.0.1:1"),
    ("ATTEST_API_KEY", "attest_key_x"),
];

#[test]
fn a_generated_key_is_private_and_never_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let made = attest(
        dir.path(),
        &["keys", "generate", "--out", "k.pem", "--json"],
    );
    assert_eq!(made.code, 0, "{}", made.err);
    let mode = fs::metadata(dir.path().join("k.pem"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let private = fs::read_to_string(dir.path().join("k.pem")).unwrap();
    assert!(private.contains("PRIVATE KEY") && !made.out.contains(private.lines().nth(1).unwrap()));
    assert!(
        made.json()["public_key"]
            .as_str()
            .unwrap()
            .starts_with("ed25519:")
    );
    attest(dir.path(), &["keys", "generate", "--out", "k.pem"])
        .refused(&["k.pem", "never overwritten"]);
    assert_eq!(
        fs::read_to_string(dir.path().join("k.pem")).unwrap(),
        private
    );
}

#[test]
fn a_servers_own_key_is_listed_from_its_data_directory() {
    let dir = tempfile::tempdir().unwrap();
    let made = attest(
        dir.path(),
        &["keys", "generate", "--out", "signing-key.pem", "--json"],
    )
    .json();
    let listed = attest(dir.path(), &["keys", "list", "--data-dir", ".", "--json"]).json();
    assert_eq!(listed["keys"][0]["id"], made["id"]);
    assert_eq!(listed["keys"][0]["public_key"], made["public_key"]);
    attest(dir.path(), &["keys", "list"]).refused(&[".attest/trust", "keys pull"]);
}

#[test]
fn a_hash_goes_to_standard_output_and_is_the_files_own() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a"), "1").unwrap();
    let args = ["hash", "--run", "make", "--input", "a"];
    let plain = attest(dir.path(), &args);
    assert_eq!((plain.code, plain.err.as_str()), (0, ""));
    let json = attest(dir.path(), &[&args[..], &["--json"]].concat()).json();
    assert_eq!(json["hash"], plain.out.trim());
    fs::write(dir.path().join("a"), "2").unwrap();
    assert_ne!(attest(dir.path(), &args).out, plain.out);
    let missing = attest(dir.path(), &["hash", "--output", "b", "--json"]);
    assert_eq!(
        (missing.code, missing.json()["error"].as_str()),
        (2, Some("not_found"))
    );
    assert_eq!(missing.json()["path"], "b");
    attest(dir.path(), &["hash", "--run", "x", "--output", "a"]).refused(&["--run", "--output"]);
    attest(dir.path(), &["hash"]).refused(&["--pipeline"]);
}

#[test]
fn a_pipelines_hash_in_a_workspace_has_its_globs_expanded_there() {
    let dir = project("name: p\nversion: '1'\nsteps:\n- {name: s, run: make, inputs: ['*.c']}\n");
    let here = [
        "hash",
        "--pipeline",
        "attest.yaml",
        "--workspace",
        ".",
        "--canonical",
    ];
    attest(dir.path(), &here).refused(&["attest.yaml: steps[0].inputs[0]", "matches no file"]);
    for (path, text) in [
        ("b.c", ""),
        ("a.c", ""),
        ("left-out.c", ""),
        (".gitignore", "left-*\n"),
        ("attest-data/data.c", ""),
    ] {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let text = attest(dir.path(), &here).out;
    assert!(
        text.contains("inputs:\n    - a.c\n    - b.c\n    outputs"),
        "{text}"
    );
    // As it is, without a workspace to look at.
    let text = attest(dir.path(), &here[..3]).out;
    assert!(text.starts_with("blake3:"), "{text}");
}

#[test]
fn a_pipelines_hash_in_a_workspace_is_of_what_would_run_there() {
    let dir = project(PIPELINE);
    let file = attest(dir.path(), &["hash", "--pipeline", "attest.yaml"]).out;
    let here = ["hash", "--pipeline", "attest.yaml", "--workspace", "."];
    let named = attest(dir.path(), &here).out;
    let staging = attest(
        dir.path(),
        &[&here[..], &["--environment", "staging", "--var", "A=b"]].concat(),
    )
    .out;
    assert!(
        file != named && named != staging,
        "{file} {named} {staging}"
    );
    let text = attest(
        dir.path(),
        &[&here[..], &["--var", "A=b", "--canonical"]].concat(),
    )
    .out;
    assert!(text.contains("env:\n  A: b\n"), "{text}");
    attest(
        dir.path(),
        &["hash", "--pipeline", "attest.yaml", "--var", "A=b"],
    )
    .refused(&["--workspace"]);
    attest(dir.path(), &[&here[..], &["--var", "A"]].concat()).refused(&["NAME=VALUE"]);
    attest(dir.path(), &[&here[..], &["--var", "HOME=x"]].concat()).refused(&["HOME"]);
}

#[test]
fn a_run_that_cannot_be_is_refused_before_a_server_is_asked() {
    let run = |pipeline: &str, args: &[&str]| {
        attest_with(
            project(pipeline).path(),
            &[&["run"], args].concat(),
            &NOWHERE,
        )
    };
    run(PIPELINE, &["--receipt", "r.txt"]).refused(&["r.txt", ".yaml"]);
    run(PIPELINE, &["--var", "A=1", "--var", "A=2"]).refused(&["A", "twice"]);
    run(PIPELINE, &["--var", "ATTEST_X=1"]).refused(&["ATTEST_X"]);
    run(PIPELINE, &["--environment", " "]).refused(&["environment"]);
    run("version: \"1\"\nsteps:\n  a: {run: ' '}\n", &[]).refused(&["attest.yaml", "steps.a.run"]);
    run("version: \"1\"\nsteps:\n  a: {run: x, ruN: y}\n", &[]).refused(&["attest.yaml:3:", "ruN"]);
    // Every problem at once, each with its place.
    run(
        "version: ' '\nsteps:\n  - {name: a, run: '', inputs: [../x], outputs: [/y]}\n",
        &[],
    )
    .refused(&["version", "steps[0].run", "../x", "/y"]);
    // With nothing to refuse the server is asked, and is not there.
    run(PIPELINE, &[]).refused(&["http://127.0.0.1:1", "attest serve"]);
}

#[test]
fn a_key_stays_with_the_server_it_belongs_to() {
    let dir = project(PIPELINE);
    let config = dir.path().join(".config/attest");
    fs::create_dir_all(&config).unwrap();
    let file = config.join("config.toml");
    fs::write(
        &file,
        "base_url = \"http://127.0.0.1:2\"\napi_key = \"attest_key_mine\"\n",
    )
    .unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    attest(dir.path(), &["run"]).refused(&["http://127.0.0.1:2"]);
    // Another URL does not get the key of the configuration.
    attest(dir.path(), &["run", "--url", "http://127.0.0.1:3"])
        .refused(&["no API key", "http://127.0.0.1:3"]);
    let env = [("ATTEST_BASE_URL", "http://127.0.0.1:4")];
    attest_with(dir.path(), &["run"], &env).refused(&["no API key", "http://127.0.0.1:4"]);
    attest_with(
        dir.path(),
        &["run", "--url", "http://127.0.0.1:5"],
        &NOWHERE,
    )
    .refused(&["http://127.0.0.1:5"]);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    attest(dir.path(), &["run"]).refused(&["config.toml", "chmod 600"]);
}

#[test]
fn a_key_to_trust_is_given_once_and_has_to_be_one() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/receipts/basic");
    let receipt = vectors.join("receipt.yaml");
    let receipt = receipt.to_str().unwrap();
    let trust = vectors.join("trust");
    let trust = trust.to_str().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let key = attest(dir.path(), &["keys", "list", "--trust", trust, "--json"]).json()["keys"][0]["public_key"]
        .as_str()
        .unwrap()
        .to_owned();
    let id =
        attest(dir.path(), &["keys", "list", "--trust", trust, "--json"]).json()["keys"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
    let pem = fs::read_to_string(vectors.join(format!("trust/{id}.pub"))).unwrap();
    for key in [key.as_str(), key.trim_start_matches("ed25519:"), &pem] {
        let found = attest(dir.path(), &["verify", receipt, "--trusted-key", key]);
        assert_eq!(found.code, 0, "{} {}", found.out, found.err);
        assert!(
            found.out.contains("valid") && found.out.contains("the given keys"),
            "{}",
            found.out
        );
    }
    attest(
        dir.path(),
        &["verify", receipt, "--trusted-key", "ed25519:00"],
    )
    .refused(&["ed25519:00"]);
    attest(
        dir.path(),
        &["verify", receipt, "--trusted-key", &key, "--trust", trust],
    )
    .refused(&["--trust"]);
    attest(dir.path(), &["verify", receipt, "--trust", "absent"])
        .refused(&["no trust store in absent", "keys pull"]);
    // Whoever names a file meant the key in it.
    fs::write(dir.path().join("k.pub"), "").unwrap();
    attest(dir.path(), &["verify", receipt, "--trusted-key", "k.pub"])
        .refused(&["k.pub", "$(cat k.pub)"]);
    attest(
        dir.path(),
        &[
            "verify",
            receipt,
            "--trust",
            trust,
            "--policy",
            "require-luck",
        ],
    )
    .refused(&["require-luck"]);
    attest(
        dir.path(),
        &["verify", receipt, "--trust", trust, "--workspace", "absent"],
    )
    .refused(&["absent"]);
    // The same store twice is one store.
    assert_eq!(
        attest(
            dir.path(),
            &["verify", receipt, "--trust", trust, "--trust", trust]
        )
        .code,
        0
    );
}

#[test]
fn a_refused_receipt_names_the_check_that_refuses_it() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/receipts/basic");
    let dir = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(vectors.join("receipt.yaml")).unwrap();
    let changed = text.replacen("exit_code: 0", "exit_code: 1", 1);
    assert_ne!(text, changed);
    fs::write(dir.path().join("changed.yaml"), changed).unwrap();
    let trust = vectors.join("trust");
    let found = attest(
        dir.path(),
        &["verify", "changed.yaml", "--trust", trust.to_str().unwrap()],
    );
    assert_eq!(found.code, 1);
    assert!(
        found.out.contains("NOT VALID")
            && found.out.contains("signature: ")
            && found.out.contains("signature_invalid"),
        "{}",
        found.out
    );
    let other = found
        .out
        .lines()
        .filter(|line| line.contains("FAIL"))
        .count();
    assert_eq!(other, 1, "only the signature fails: {}", found.out);
}

#[test]
fn a_server_says_what_an_address_or_a_number_looks_like() {
    let dir = tempfile::tempdir().unwrap();
    attest(dir.path(), &["serve", "--listen", "localhost"])
        .refused(&["localhost", "127.0.0.1:8080"]);
    attest(dir.path(), &["serve", "--workers", "many"]).refused(&["many", "whole number"]);
}

#[test]
fn a_key_is_shown_in_every_spelling_and_never_its_private_half() {
    let dir = tempfile::tempdir().unwrap();
    let made = attest(
        dir.path(),
        &["keys", "generate", "--out", "k.pem", "--json"],
    )
    .json();
    let private = fs::read_to_string(dir.path().join("k.pem")).unwrap();
    let secret = private.lines().nth(1).unwrap();
    let public_pem = fs::read_to_string(dir.path().join("k.pub")).unwrap();
    let of_public = attest(dir.path(), &["keys", "show", "k.pub", "--json"]);
    assert_eq!((of_public.code, of_public.err.as_str()), (0, ""));
    let shown = of_public.json();
    assert_eq!(shown["id"], made["id"]);
    assert_eq!(shown["public_key"], made["public_key"]);
    assert_eq!(shown["public_key_pem"], public_pem);
    assert_eq!(
        format!("ed25519:{}", shown["public_key_hex"].as_str().unwrap()),
        made["public_key"].as_str().unwrap()
    );
    assert_eq!(shown["spoken"].as_str().unwrap().split(' ').count(), 8);
    assert_eq!(shown["private"], false);
    let of_private = attest(dir.path(), &["keys", "show", "k.pem", "--json"]);
    assert!(
        of_private.err.contains("k.pem is a private key"),
        "{}",
        of_private.err
    );
    let of_private_shown = of_private.json();
    assert_eq!(of_private_shown["private"], true);
    assert_eq!(of_private_shown["public_key"], made["public_key"]);
    let plain = attest(dir.path(), &["keys", "show", "k.pem"]);
    assert_eq!(plain.code, 0);
    assert!(plain.out.contains(&public_pem), "{}", plain.out);
    for said in [&of_private, &plain] {
        assert!(!said.out.contains(secret) && !said.err.contains(secret));
    }
    // Other spellings in a file are read as well.
    fs::write(
        dir.path().join("hex"),
        shown["public_key_hex"].as_str().unwrap(),
    )
    .unwrap();
    assert_eq!(
        attest(dir.path(), &["keys", "show", "hex", "--json"]).json()["id"],
        made["id"]
    );
}

#[test]
fn a_key_of_the_trust_store_is_shown_with_its_standing() {
    let dir = tempfile::tempdir().unwrap();
    let made = attest(
        dir.path(),
        &["keys", "generate", "--out", "k.pem", "--json"],
    )
    .json();
    let id = made["id"].as_str().unwrap();
    let store = dir.path().join(".attest/trust");
    fs::create_dir_all(&store).unwrap();
    fs::rename(dir.path().join("k.pub"), store.join(format!("{id}.pub"))).unwrap();
    let entry = |more: &str| {
        let text =
            format!("version = 1\n[[key]]\nid = \"{id}\"\nname = \"ci@example.com\"\n{more}\n");
        fs::write(store.join("trust.toml"), text).unwrap();
    };
    entry(
        "status = \"trusted\"\nvalid_from = \"2026-01-01T01:00:00+01:00\"\nvalid_until = \"2027-01-01T00:00:00Z\"",
    );
    let shown = attest(dir.path(), &["keys", "show", id]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    for part in [
        "status       trusted",
        "signer       ci@example.com",
        "valid from   2026-01-01T00:00:00Z",
        "valid until  2027-01-01T00:00:00Z",
    ] {
        assert!(shown.out.contains(part), "{part:?}: {}", shown.out);
    }
    entry("status = \"revoked\"\nrevoked_at = \"2026-06-01T00:00:00Z\"");
    let shown = attest(dir.path(), &["keys", "show", id, "--json"]).json();
    assert_eq!(shown["status"], "revoked");
    assert_eq!(shown["revoked_at"], "2026-06-01T00:00:00Z");
    let other = "0123456789abcdef0123456789abcdef";
    attest(dir.path(), &["keys", "show", other]).refused(&[other, "keys list"]);
}

#[test]
fn what_is_no_key_is_not_shown() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).unwrap();
    write("text", b"nothing");
    write("weak", "0".repeat(64).as_bytes());
    write(
        "broken.pem",
        b"-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n",
    );
    write("binary", &[0xff; 40]);
    write("long", &[b'x'; 20_000]);
    let show = |what: &str| attest(dir.path(), &["keys", "show", what]);
    show("text").refused(&["text", "public key must be"]);
    show("weak").refused(&["weak", "small order"]);
    let broken = show("broken.pem");
    assert!(!broken.err.contains("secret"), "{}", broken.err);
    broken.refused(&["broken.pem", "PKCS#8"]);
    show("binary").refused(&["binary", "UTF-8"]);
    show("long").refused(&["long", "16384"]);
    show("absent").refused(&["absent", "no key id", "No such file"]);
    show(".").refused(&[".", "directory"]);
    show("0123").refused(&["0123", "32 lower-case hex digits"]);
}
