//! The Python programs: the basic one, and the advanced one that goes on where it ended.

use std::path::{Path, PathBuf};
use std::process::Command;

use attest_tests::command::{Finished, clean_environment, finish};
use attest_tests::server::{Options, Server};
use attest_tests::spec::{Row, Specification};
use serde_json::{Value, json};

use crate::site;

pub(crate) const SUCCESS: &str = "Pipeline executed successfully with valid attestation";
const REFUSED: &str = "Verification failed";

#[test]
fn the_basic_python_program_works_as_printed() {
    let test = "the_basic_python_program_works_as_printed";
    let (Some(specification), Some(python)) = (
        Specification::find(test),
        site::prepared("ATTEST_SPEC_PYTHON", test),
    ) else {
        return;
    };
    let row = Row::of("Python, basic");
    let program = specification.program("python-basic", "### Python SDK", "python");
    assert!(program.says(SUCCESS) && program.says(REFUSED));

    let server = server_on(&site::project("python"), &python);
    let text = program.with(&site::borrowed(&site::values(&server)));
    let found = run(&python, "basic.py", &text).exits(0);
    println!("{}", found.stdout);
    assert_eq!(found.stdout.trim_end(), SUCCESS, "{}", found.text());
    let execution = &server.executions()[0];
    assert_eq!(execution["environment"], "staging");
    assert_eq!(execution["status"], "completed");

    let broken = site::broken_project("python", "tests/test_words.py", "== 3", "== 4");
    let server = server_on(&broken.path(), &python);
    let text = program.with(&site::borrowed(&site::values(&server)));
    let found = run(&python, "basic-red.py", &text).exits(0);
    assert_eq!(found.stdout.trim_end(), REFUSED, "{}", found.text());
    site::assert_refused_as_failed(&server);
    row.shown("valid attestation; a failed run is refused");
}

#[test]
fn the_advanced_python_program_goes_on_from_the_basic_one() {
    let test = "the_advanced_python_program_goes_on_from_the_basic_one";
    let (Some(specification), Some(python)) = (
        Specification::find(test),
        site::prepared("ATTEST_SPEC_PYTHON", test),
    ) else {
        return;
    };
    let row = Row::of("Python, advanced");
    let basic = specification.program("python-basic", "### Python SDK", "python");
    let advanced = specification.program("python-advanced", "#### Advanced Features", "python");
    // What the program left in its variables, which it does not print itself.
    let look = "import json as _json\n\
                print(_json.dumps([is_valid, [[one.index, one.execution.id] for one in results]]))\n";

    let server = server_on(&site::project("python"), &python);
    let other = Server::start(Options::default());
    let pipelines = ["first", "second"].map(|name| simple_pipeline(&server, name));
    let mut values = site::values(&server).to_vec();
    values.extend([
        ("server_key", server.public_key()),
        ("other_key", other.public_key()),
        ("first_pipeline", pipelines[0].clone()),
        ("second_pipeline", pipelines[1].clone()),
    ]);
    let values = site::borrowed(&values);
    let text = format!(
        "{}\n{}\n{look}",
        basic.with(&values),
        advanced.with(&values)
    );
    let found =
        run(&python, "advanced.py", &text)
            .exits(0)
            .says(&[SUCCESS, "[test] ", "Cache hit rate: "]);
    println!("{}", found.stdout);
    let rate = found
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix("Cache hit rate: "));
    let rate: f64 = rate
        .and_then(|rate| rate.strip_suffix('%'))
        .unwrap()
        .parse()
        .unwrap();
    assert!((0.0..=100.0).contains(&rate));

    let last = found.stdout.lines().last().unwrap();
    let left: Value = serde_json::from_str(last).unwrap();
    let is_valid = left[0].as_bool().expect("a real bool");
    for (index, (pipeline, environment)) in
        pipelines.iter().zip(["staging", "production"]).enumerate()
    {
        assert_eq!(left[1][index][0], index, "{last}");
        let execution = server.wait_for_end(left[1][index][1].as_str().unwrap());
        assert_eq!(execution["status"], "completed", "{execution}");
        assert_eq!(execution["pipeline_id"], pipeline.as_str());
        assert_eq!(execution["environment"], environment);
    }

    // Of a run that failed, neither program says anything good.
    let broken = site::broken_project("python", "tests/test_words.py", "== 3", "== 4");
    let server = server_on(&broken.path(), &python);
    let mut red = site::values(&server).to_vec();
    red.extend([
        ("server_key", server.public_key()),
        ("other_key", other.public_key()),
        ("first_pipeline", simple_pipeline(&server, "first")),
        ("second_pipeline", simple_pipeline(&server, "second")),
    ]);
    let red = site::borrowed(&red);
    let text = format!("{}\n{}\n{look}", basic.with(&red), advanced.with(&red));
    let found = run(&python, "advanced-red.py", &text).exits(0);
    assert!(!found.stdout.contains(SUCCESS), "{}", found.text());
    let last = found.stdout.lines().last().unwrap();
    assert!(last.starts_with("[false,"), "{last}");

    row.shown(format!(
        "log streamed; is_valid by both policies: {is_valid}; hit rate {rate} %; both bulk runs done"
    ));
}

/// A pipeline whose one step does nothing.
pub(crate) fn simple_pipeline(server: &Server, name: &str) -> String {
    let step = json!({"name": "nothing", "run": "true"});
    let body = json!({"name": name, "config": {"version": "0.1", "steps": [step]}});
    let pipeline = server.api().post("/v1/pipelines", &body).json(201);
    pipeline["id"].as_str().unwrap().to_owned()
}

/// A server whose steps find this interpreter, with what is installed beside it.
fn server_on(project: &Path, python: &Path) -> Server {
    let ask = "import sys; print(sys.prefix); print(sys.base_prefix)";
    let found = finish(Command::new(python).args(["-c", ask])).exits(0);
    let places: Vec<PathBuf> = found.stdout.lines().map(PathBuf::from).collect();
    site::server_on(project, &[python.parent().unwrap().to_owned()], &places)
}

/// Runs a program in a Python process of its own.
pub(crate) fn run(python: &Path, name: &str, text: &str) -> Finished {
    let mut command = Command::new(python);
    clean_environment(&mut command);
    finish(command.arg(file(name, text)))
}

/// A program in a file of that name.
pub(crate) fn file(name: &str, text: &str) -> PathBuf {
    let file = site::build_dir("python-programs").join(name);
    std::fs::write(&file, text).unwrap();
    file
}
