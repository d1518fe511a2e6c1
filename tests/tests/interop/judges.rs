//! Two judges of one receipt: the independent tool and this project say the same, also of what was changed.

use std::fs;
use std::path::{Path, PathBuf};

use attest_tests::Project;
use attest_tests::command::finish;
use attest_tests::interop::{judged_here, judged_there, make_key, run_with};
use attest_tests::server::{Options, Server};
use serde_norway::Value;
use tempfile::TempDir;

use super::shapes::{Shape, shapes};
use super::{child, leaves, other};

/// Whether each accepts: exit code 0 is yes, 1 and 2 are two ways to say no.
#[track_caller]
pub(crate) fn both(receipt: &Path, trust: &Path, workspace: Option<&Path>) -> (bool, bool, String) {
    let (there, here) = (
        judged_there(receipt, trust, workspace),
        judged_here(receipt, trust, workspace),
    );
    let said = format!(
        "--- there {}\n{}\n--- here {}\n{}",
        there.code,
        there.text(),
        here.code,
        here.text()
    );
    for (code, text) in [(there.code, there.text()), (here.code, here.text())] {
        assert!(
            (0..=2).contains(&code) && !text.contains("unexpected argument"),
            "{said}"
        );
    }
    (there.code == 0, here.code == 0, said)
}

/// The receipt with one value changed, many times, none of which either judge accepts. Returns how many.
pub(crate) fn changed_is_refused(name: &str, receipt: &Path, trust: &Path) -> usize {
    let text = fs::read_to_string(receipt).unwrap();
    let original: Value = serde_norway::from_str(&text).unwrap();
    let mut paths = Vec::new();
    leaves(&original, &mut Vec::new(), &mut paths);
    let file = receipt.with_file_name("changed.yaml");
    // Some of them, spread over the whole: every one of one receipt is another test's.
    let stride = paths.len().div_ceil(7).max(1);
    let mut changed: Vec<(String, String)> = paths
        .iter()
        .step_by(stride)
        .map(|path| {
            let mut copy = original.clone();
            let leaf = path.iter().fold(&mut copy, child);
            *leaf = other(leaf);
            (format!("{path:?}"), serde_norway::to_string(&copy).unwrap())
        })
        .collect();
    changed.push(("a field more".to_owned(), format!("{text}extra: 1\n")));
    changed.push(("no signature".to_owned(), without(&original, "signature")));
    changed.push(("no steps".to_owned(), without(&original, "steps")));
    for (what, text) in &changed {
        fs::write(&file, text).unwrap();
        let (there, here, said) = both(&file, trust, None);
        assert!(!there && !here, "{name}: {what}\n{said}");
    }
    fs::remove_file(&file).unwrap();
    changed.len()
}

fn without(receipt: &Value, field: &str) -> String {
    let mut copy = receipt.clone();
    copy.as_mapping_mut().unwrap().remove(field);
    serde_norway::to_string(&copy).unwrap()
}

/// Judges by both, plainly and with recompute, then changed; returns how many changes were refused.
fn judged_alike(
    shape: &Shape,
    receipt: &Path,
    trust: &Path,
    workspace: &Path,
    signed: bool,
) -> usize {
    let name = shape.name;
    let (there, here, said) = both(receipt, trust, None);
    assert_eq!((there, here), (signed, signed), "{name}\n{said}");
    let (there, here, said) = both(receipt, trust, Some(workspace));
    match shape.differs {
        None => assert_eq!(
            (there, here),
            (
                signed && shape.leaves_outputs,
                signed && shape.leaves_outputs
            ),
            "{name}, recomputed\n{said}"
        ),
        Some(why) => {
            assert!(!there && here, "{name} is no deviation any more\n{said}");
            let listed =
                fs::read_to_string(attest_tests::binary::checkout().join("docs/deviations.md"))
                    .unwrap();
            assert!(
                listed.contains(why),
                "docs/deviations.md does not list {why:?}"
            );
        }
    }
    changed_is_refused(name, receipt, trust)
}

#[test]
fn receipts_of_every_shape_that_the_tool_makes_are_judged_alike() {
    let shapes = shapes();
    assert!(shapes.len() >= 20);
    let mut changes = 0;
    for shape in &shapes {
        let project = Project::with_pipeline(shape.name, &shape.pipeline);
        let workspace = project.path();
        (shape.prepare)(&workspace);
        make_key(&workspace);
        let mut receipt = PathBuf::new();
        for _ in 0..shape.runs {
            let (code, written) = run_with(&workspace, shape.args);
            assert_eq!(code, shape.code, "{}", shape.name);
            receipt = written;
        }
        let signed = shape.args.contains(&"--sign");
        let trust = workspace.join(".attest/trust");
        changes += judged_alike(shape, &receipt, &trust, &workspace, signed);
        println!("made there, judged alike: {}", shape.name);
    }
    println!(
        "{} receipts of the tool, and {changes} changed ones",
        shapes.len()
    );
}

#[test]
fn receipts_of_every_shape_that_are_made_here_are_judged_alike() {
    let server = Server::start(Options::default());
    let shapes: Vec<Shape> = shapes().into_iter().filter(|shape| shape.here).collect();
    assert!(shapes.len() >= 20, "{}", shapes.len());
    let mut changes = 0;
    for shape in &shapes {
        let made = Made::of(&server, shape);
        changes += judged_alike(shape, &made.receipt, &made.trust, &made.workspace, true);
        println!("made here, judged alike: {}", shape.name);
    }
    println!(
        "{} receipts made here, and {changes} changed ones",
        shapes.len()
    );
}

/// A run here, and what a third party needs to judge it.
struct Made {
    _dir: TempDir,
    workspace: PathBuf,
    receipt: PathBuf,
    trust: PathBuf,
}

impl Made {
    fn of(server: &Server, shape: &Shape) -> Self {
        let project = Project::with_pipeline(shape.name, &shape.pipeline);
        let source = project.path();
        (shape.prepare)(&source);
        // The file itself is no source: the tool's canonical form of it takes its place below.
        fs::write(source.join(".attestignore"), "attest.yaml\n").unwrap();
        fs::create_dir_all(source.join(".attest")).unwrap();
        let outputs: &[&str] = if shape.code == 0 {
            &["--download"]
        } else {
            &[]
        };
        let keys = server.api().get("/v1/keys").json(200);
        let id = keys["keys"][0]["id"].as_str().unwrap();
        let pull = ["keys", "pull", "--url", server.url(), "--id", id];
        finish(&mut attest_tests::attest(&source, pull)).exits(0);
        for _ in 0..shape.runs {
            let args = [&["--receipt", ".attest/receipt.yaml"], outputs].concat();
            server.run(&source, &args).exits(shape.code);
        }

        if shape.code != 0 {
            Self::fetch_outputs(server, &source);
        }

        let dir = tempfile::tempdir().unwrap();
        let (workspace, receipt, trust) = (
            dir.path().join("workspace"),
            dir.path().join("receipt.yaml"),
            dir.path().join("trust"),
        );
        // Links stay links.
        let copied = std::process::Command::new("cp")
            .arg("-a")
            .arg(&source)
            .arg(&workspace)
            .status()
            .unwrap();
        assert!(copied.success());
        fs::copy(source.join(".attest/receipt.yaml"), &receipt).unwrap();
        fs::copy(
            source.join(".attest/receipt.pipeline.yaml"),
            workspace.join("attest.yaml"),
        )
        .unwrap();
        fs::rename(workspace.join(".attest/trust"), &trust).unwrap();
        fs::remove_dir_all(workspace.join(".attest")).unwrap();
        Self {
            _dir: dir,
            workspace,
            receipt,
            trust,
        }
    }

    /// What a failed run wrote, which the command does not download.
    fn fetch_outputs(server: &Server, source: &Path) {
        let receipt = fs::read_to_string(source.join(".attest/receipt.yaml")).unwrap();
        let receipt: Value = serde_norway::from_str(&receipt).unwrap();
        let id = receipt["provenance"]["invocation_id"].as_str().unwrap();
        let base = format!("/v1/executions/{id}/artifacts");
        for artifact in server.api().get(&base).json(200)["artifacts"]
            .as_array()
            .unwrap()
        {
            let path = artifact["path"].as_str().unwrap();
            let answer = server.api().get(&format!("{base}/{path}"));
            assert_eq!(answer.status, 200, "{}", answer.text());
            fs::write(source.join(path), answer.body).unwrap();
        }
    }
}
