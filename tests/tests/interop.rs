//! A receipt signed here passes the independent tool's `verify --recompute`; after any change it does not.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use attest_tests::command::finish;
use attest_tests::interop::{self, recompute};
use attest_tests::project::copy_tree;
use attest_tests::{Project, Server};
use serde_norway::Value;
use tempfile::TempDir;

/// What a third party holds: the sources, the outputs, the pipeline that ran, the receipt and a trust store.
struct Evidence {
    dir: TempDir,
    inputs: Vec<String>,
    outputs: Vec<String>,
}

impl Evidence {
    fn of_a_run_of(example: &str) -> Self {
        let project = Project::example(example);
        let server = Server::on(project.path());
        server
            .run(&project.path(), &["--receipt", "receipt.yaml"])
            .exits(0);

        let keys = server.api().get("/v1/keys").json(200);
        let id = keys["keys"][0]["id"].as_str().unwrap();
        let pull = ["keys", "pull", "--url", server.url(), "--id", id];
        finish(&mut attest_tests::attest(&project.path(), pull)).exits(0);

        let dir = tempfile::tempdir().unwrap();
        let evidence = Self {
            dir,
            inputs: Vec::new(),
            outputs: Vec::new(),
        };
        copy_tree(&project.path(), &evidence.workspace());
        fs::remove_file(evidence.workspace().join("receipt.yaml")).unwrap();
        fs::rename(
            evidence.workspace().join("receipt.pipeline.yaml"),
            evidence.pipeline(),
        )
        .unwrap();
        fs::copy(project.path().join("receipt.yaml"), evidence.receipt()).unwrap();
        copy_tree(&project.path().join(".attest/trust"), &evidence.trust());

        let execution = server.executions()[0]["id"].as_str().unwrap().to_owned();
        let base = format!("/v1/executions/{execution}/artifacts");
        let list = server.api().get(&base).json(200);
        let mut outputs = Vec::new();
        for artifact in list["artifacts"].as_array().unwrap() {
            let path = artifact["path"].as_str().unwrap();
            let answer = server.api().get(&format!("{base}/{path}"));
            assert_eq!(answer.status, 200, "{}", answer.text());
            let file = evidence.workspace().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, answer.body).unwrap();
            outputs.push(path.to_owned());
        }
        let pipeline: Value =
            serde_norway::from_str(&fs::read_to_string(evidence.pipeline()).unwrap()).unwrap();
        let mut inputs = Vec::new();
        for (_, step) in pipeline["steps"].as_mapping().unwrap() {
            inputs.extend(
                step["inputs"]
                    .as_sequence()
                    .unwrap()
                    .iter()
                    .map(|path| path.as_str().unwrap().to_owned()),
            );
        }
        Self {
            inputs,
            outputs,
            ..evidence
        }
    }

    fn workspace(&self) -> PathBuf {
        self.dir.path().join("workspace")
    }

    fn pipeline(&self) -> PathBuf {
        self.workspace().join("attest.yaml")
    }

    fn receipt(&self) -> PathBuf {
        self.dir.path().join("receipt.yaml")
    }

    fn trust(&self) -> PathBuf {
        self.dir.path().join("trust")
    }

    fn judge(&self, receipt: &Path) -> (i32, String) {
        let found = recompute(receipt, &self.workspace(), &self.trust());
        let text = found.text();
        // Every way of saying no counts, but not a tool that could not be asked.
        assert!(
            (0..=2).contains(&found.code) && !text.contains("unexpected argument"),
            "{text}"
        );
        (found.code, text)
    }

    #[track_caller]
    fn accepted(&self) {
        let (code, text) = self.judge(&self.receipt());
        assert_eq!(code, 0, "{text}");
    }

    /// Judges with one file of the workspace changed, and puts it back.
    #[track_caller]
    fn refused_with(&self, path: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
        let file = self.workspace().join(path);
        let before = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        fs::write(&file, change(before.clone())).unwrap();
        let (code, text) = self.judge(&self.receipt());
        fs::write(&file, before).unwrap();
        assert_ne!(code, 0, "accepted with {path} changed: {text}");
    }
}

fn one_bit(mut bytes: Vec<u8>) -> Vec<u8> {
    match bytes.last_mut() {
        Some(last) => *last ^= 1,
        None => bytes.push(0),
    }
    bytes
}

#[test]
fn the_independent_tool_accepts_a_receipt_made_here_and_refuses_it_after_any_change() {
    let evidence = Evidence::of_a_run_of("hello-c");
    evidence.accepted();
    assert!(
        evidence.inputs.len() > 8 && evidence.outputs.len() == 5,
        "{:?} {:?}",
        evidence.inputs,
        evidence.outputs
    );

    for path in evidence.inputs.iter().chain(&evidence.outputs) {
        evidence.refused_with(path, one_bit);
    }
    // The pipeline: each line of it that says something.
    let pipeline = fs::read_to_string(evidence.pipeline()).unwrap();
    for (from, to) in [
        ("name: hello-c", "name: hello-d"),
        ("-Wall", "-w"),
        (
            "- gen/crc32_table.h\n",
            "- gen/crc32_table.h\n    - src/hex.h\n",
        ),
        ("cache: true", "cache: false"),
        ("env: {}", "env:\n  EXTRA: value"),
        ("timeout_secs: null", "timeout_secs: 60"),
    ] {
        assert!(pipeline.contains(from), "{from} is not in\n{pipeline}");
        evidence.refused_with("attest.yaml", |_| {
            pipeline.replacen(from, to, 1).into_bytes()
        });
    }
    evidence.accepted();
}

#[test]
fn the_independent_tool_refuses_a_receipt_made_here_with_any_value_changed() {
    let evidence = Evidence::of_a_run_of("hello-c");
    evidence.accepted();
    let receipt: Value =
        serde_norway::from_str(&fs::read_to_string(evidence.receipt()).unwrap()).unwrap();
    let mut paths = Vec::new();
    leaves(&receipt, &mut Vec::new(), &mut paths);
    assert!(paths.len() > 60, "only {} values", paths.len());
    let changed = evidence.dir.path().join("changed.yaml");
    let mut accepted = Vec::new();
    for path in &paths {
        let mut copy = receipt.clone();
        let leaf = path.iter().fold(&mut copy, child);
        *leaf = other(leaf);
        fs::write(&changed, serde_norway::to_string(&copy).unwrap()).unwrap();
        let (code, _) = evidence.judge(&changed);
        if code == 0 {
            accepted.push(format!("{path:?}"));
        }
    }
    assert!(
        accepted.is_empty(),
        "accepted after a change of {}",
        accepted.join("\n")
    );
}

#[test]
fn the_independent_tool_derives_the_same_hashes_from_a_run_of_its_own_and_its_receipt_passes_here()
{
    let evidence = Evidence::of_a_run_of("hello-c");
    let workspace = evidence.workspace();
    for output in &evidence.outputs {
        fs::remove_file(workspace.join(output)).unwrap();
    }
    let theirs = interop::run(&workspace);

    let verify = [
        "verify",
        "--policy",
        "require-recompute",
        "--workspace",
        ".",
        "--trust",
        ".attest/trust",
    ];
    finish(attest_tests::attest(&workspace, verify).arg(&theirs)).exits(0);

    let read = |path: &Path| -> Value {
        serde_norway::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    let (ours, theirs) = (read(&evidence.receipt()), read(&theirs));
    assert_eq!(ours["pipeline_hash"], theirs["pipeline_hash"]);
    let hashes = |receipt: &Value| -> Vec<(String, Value, Value)> {
        let steps = receipt["steps"].as_sequence().unwrap().iter();
        let mut hashes: Vec<_> = steps
            .map(|step| {
                (
                    step["name"].as_str().unwrap().to_owned(),
                    step["input_hash"].clone(),
                    step["output_hash"].clone(),
                )
            })
            .collect();
        hashes.sort_by(|a, b| a.0.cmp(&b.0));
        hashes
    };
    assert_eq!(hashes(&ours), hashes(&theirs));
}

/// The path of every scalar in a document.
fn leaves(value: &Value, path: &mut Vec<Value>, found: &mut Vec<Vec<Value>>) {
    let children: Vec<(Value, &Value)> = match value {
        Value::Mapping(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        Value::Sequence(list) => list
            .iter()
            .enumerate()
            .map(|(index, value)| (index.into(), value))
            .collect(),
        _ => {
            found.push(path.clone());
            return;
        }
    };
    for (key, value) in children {
        path.push(key);
        leaves(value, path, found);
        path.pop();
    }
}

/// What stands under a key of a map or at a position of a list.
fn child<'a>(value: &'a mut Value, key: &Value) -> &'a mut Value {
    match value {
        Value::Sequence(list) => &mut list[usize::try_from(key.as_u64().unwrap()).unwrap()],
        map => &mut map[key],
    }
}

/// Another value of the same kind, as near as can be.
fn other(value: &Value) -> Value {
    match value {
        Value::Bool(flag) => Value::Bool(!flag),
        Value::Number(number) => number
            .as_u64()
            .map_or(Value::from(1), |number| Value::from(number + 1)),
        Value::String(text) => {
            let last = text.chars().last();
            let mut text = text.clone();
            match last {
                // A digit of a digest, a key, a time: stay in its alphabet.
                Some(digit) if digit.is_ascii_hexdigit() => {
                    text.pop();
                    text.push(if digit == '0' { '1' } else { '0' });
                }
                // RFC 3339 in UTC: another second.
                Some('Z') if text.len() > 20 => text = text.replacen('2', "1", 1),
                _ => text.push('x'),
            }
            Value::String(text)
        }
        _ => Value::from("x"),
    }
}
