//! A receipt signed here passes the independent tool's `verify --recompute`; after any change it does not.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod bodies;
mod judges;
mod shapes;

use std::fs;
use std::path::{Path, PathBuf};

use attest_tests::Project;
use attest_tests::command::finish;
use attest_tests::interop::{self, recompute};
use attest_tests::project::copy_tree;
use attest_tests::server::{Options, Server};
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
        Self::of_a_run(&Server::start(Options::default()), &project, 0)
    }

    /// Runs the project as it is, which must end with `code`, and gathers what a third party needs to judge the receipt.
    fn of_a_run(server: &Server, project: &Project, code: i32) -> Self {
        fs::create_dir_all(project.path().join(".attest")).unwrap();
        let saved = |name: &str| project.path().join(".attest").join(name);
        server
            .run(&project.path(), &["--receipt", ".attest/receipt.yaml"])
            .exits(code);

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
        fs::copy(saved("receipt.pipeline.yaml"), evidence.pipeline()).unwrap();
        fs::copy(saved("receipt.yaml"), evidence.receipt()).unwrap();
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

impl Evidence {
    /// The receipt's steps, each with whether it came from the cache.
    fn steps(&self) -> Vec<(String, bool)> {
        let text = fs::read_to_string(self.receipt()).unwrap();
        let receipt: Value = serde_norway::from_str(&text).unwrap();
        let steps = receipt["steps"].as_sequence().unwrap().iter();
        steps
            .map(|step| {
                let name = step["name"].as_str().unwrap().to_owned();
                (name, step["cache_hit"].as_bool().unwrap())
            })
            .collect()
    }

    fn cached(&self) -> Vec<String> {
        let steps = self.steps().into_iter().filter(|(_, cached)| *cached);
        let mut names: Vec<String> = steps.map(|(name, _)| name).collect();
        names.sort();
        names
    }

    /// The tool accepts the receipt, and refuses it once any input or output is another.
    #[track_caller]
    fn accepted_as_it_is_alone(&self) {
        self.accepted();
        for path in self.inputs.iter().chain(&self.outputs) {
            self.refused_with(path, one_bit);
        }
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

#[test]
fn the_independent_tool_accepts_receipts_of_cached_and_partly_cached_runs() {
    let project = Project::example("hello-c");
    let server = Server::start(Options::default());
    let first = Evidence::of_a_run(&server, &project, 0);
    assert_eq!(first.cached(), Vec::<String>::new());

    let cached = Evidence::of_a_run(&server, &project, 0);
    let all = ["compile-crc32", "compile-hex", "generate", "link", "test"];
    assert_eq!(cached.cached(), all);
    cached.accepted_as_it_is_alone();

    let hex = project.read("src/hex.c");
    project.write(
        "src/hex.c",
        format!("{hex}\nint added(void) {{ return 1; }}\n"),
    );
    let partly = Evidence::of_a_run(&server, &project, 0);
    assert_eq!(partly.cached(), ["compile-crc32", "generate"]);
    partly.accepted_as_it_is_alone();
    // The outputs of the run before are not those of this one.
    let (code, text) = cached.judge(&partly.receipt());
    assert_ne!(code, 0, "{text}");
}

#[test]
fn the_independent_tool_accepts_the_receipt_of_a_mixed_run_that_failed_in_the_end() {
    // A glob, a step from the cache, one that is never cached, and one that fails. (Where a step was skipped the tool
    // refuses to recompute: it wants a result of every step of the pipeline.)
    let pipeline = |last: &str| {
        format!(
            "name: mixed\nversion: \"1\"\nsteps:\n  \
             - {{name: join, run: 'cat src/*.txt > all.txt', inputs: ['src/*.txt'], outputs: [all.txt]}}\n  \
             - {{name: stamp, run: 'wc -c < all.txt > size.txt', inputs: [all.txt], outputs: [size.txt], needs: [join], cache: false}}\n  \
             - {{name: check, run: '{last}', inputs: [size.txt], outputs: [], needs: [stamp]}}\n"
        )
    };
    let project = Project::with_pipeline("mixed", &pipeline("test -s size.txt"));
    for name in ["a", "b"] {
        project.write(&format!("src/{name}.txt"), name);
    }
    let server = Server::start(Options::default());
    let first = Evidence::of_a_run(&server, &project, 0);
    assert_eq!(first.cached(), Vec::<String>::new());
    first.accepted_as_it_is_alone();

    let again = Evidence::of_a_run(&server, &project, 0);
    assert_eq!(again.cached(), ["check", "join"]);
    again.accepted_as_it_is_alone();

    project.write(".attestignore", "attest.yaml\n");
    let before = Evidence::of_a_run(&server, &project, 0);
    assert_eq!(
        before.cached(),
        Vec::<String>::new(),
        "every step can see the whole source"
    );
    project.write("attest.yaml", pipeline("exit 3"));
    let failed = Evidence::of_a_run(&server, &project, 1);
    assert_eq!(failed.cached(), ["join"]);
    failed.accepted_as_it_is_alone();
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
                // RFC 3339 in UTC: another millennium. An id may end in Z too.
                Some('Z') if text.starts_with("20") && text.get(10..11) == Some("T") => {
                    text = text.replacen('2', "1", 1);
                }
                _ => text.push('x'),
            }
            Value::String(text)
        }
        _ => Value::from("x"),
    }
}
