//! The order of the steps, and the check of inputs against a source.
#![allow(clippy::unwrap_used)] // the whole file is tests

use std::collections::BTreeMap;

use attest_core::pipeline::{Definition, Entry, Listing, Pipeline, Plan, Step};
use proptest::prelude::*;

fn pipeline(steps: &[(&str, &[&str])]) -> Pipeline {
    let step = |needs: &[&str]| Step {
        run: "true".to_owned(),
        needs: Some(needs.iter().map(|need| (*need).to_owned()).collect()),
        ..Step::default()
    };
    Pipeline {
        version: "1".to_owned(),
        steps: steps
            .iter()
            .map(|(name, needs)| ((*name).to_owned(), step(needs)))
            .collect(),
        ..Pipeline::default()
    }
}

#[test]
fn of_the_ready_steps_the_longest_remaining_path_goes_first() {
    let plan = Plan::of(&pipeline(&[
        ("a", &[]),
        ("b", &[]),
        ("c", &["b"]),
        ("d", &["c"]),
        ("e", &["a"]),
        ("z", &[]),
    ]))
    .unwrap();
    assert_eq!(plan.order(), ["b", "a", "c", "d", "e", "z"]);
    assert_eq!(
        ["a", "b", "c", "d", "e", "z"].map(|name| plan.remaining(name)),
        [2, 3, 2, 1, 1, 1]
    );
}

#[test]
fn upstream_and_downstream_go_through_others() {
    let plan = Plan::of(&pipeline(&[
        ("a", &[]),
        ("b", &["a", "a"]),
        ("c", &["b"]),
        ("x", &["a"]),
        ("y", &[]),
    ]))
    .unwrap();
    assert_eq!(plan.upstream("c"), ["a", "b"]);
    assert_eq!(plan.downstream("a"), ["b", "c", "x"]);
    assert_eq!(plan.needs("b").collect::<Vec<_>>(), ["a"]);
    assert!(plan.upstream("y").is_empty() && plan.downstream("nobody").is_empty());
}

#[test]
fn there_is_no_plan_for_a_circle_or_an_unknown_need() {
    let problems =
        Plan::of(&pipeline(&[("a", &["b"]), ("b", &["a"]), ("c", &["zz"])])).unwrap_err();
    let fields: Vec<&str> = problems
        .iter()
        .map(|problem| problem.field.as_str())
        .collect();
    assert_eq!(fields, ["steps.c.needs", "steps.a.needs"]);
    assert!(problems.to_string().contains("a -> b -> a"), "{problems}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_step_comes_once_and_after_what_it_needs(edges in prop::collection::vec((0..30_usize, 0..30_usize), 0..80)) {
        let names: Vec<String> = (0..30).map(|i| format!("s{i:02}")).collect();
        let mut needs = vec![Vec::new(); 30];
        for (a, b) in edges.into_iter().filter(|(a, b)| a != b) {
            needs[a.max(b)].push(names[a.min(b)].as_str());
        }
        let steps: Vec<(&str, &[&str])> = names.iter().map(String::as_str).zip(needs.iter().map(Vec::as_slice)).collect();
        let plan = Plan::of(&pipeline(&steps)).unwrap();
        let position: BTreeMap<&str, usize> = plan.order().iter().enumerate().map(|(i, name)| (name.as_str(), i)).collect();
        prop_assert_eq!(position.len(), 30);
        prop_assert_eq!(plan.order().len(), 30);
        for (name, needs) in steps {
            for need in needs {
                prop_assert!(position[need] < position[name]);
                prop_assert!(plan.remaining(need) > plan.remaining(name));
            }
        }
    }
}

/// A source as a map; a path under `ignored/` or ending in `.o` is kept out by an ignore file.
struct Source(BTreeMap<&'static str, Entry>);

impl Listing for Source {
    fn entry(&self, path: &str) -> Option<Entry> {
        self.0.get(path).cloned()
    }

    fn under(&self, directory: &str) -> impl Iterator<Item = &str> {
        let under = move |path: &&str| path.starts_with(directory);
        let file = |entry: &Entry| !matches!(entry, Entry::Directory);
        self.0
            .iter()
            .filter(move |(_, entry)| file(entry))
            .map(|(path, _)| *path)
            .filter(under)
    }

    fn left_out(&self, path: &str) -> Option<String> {
        (path.starts_with("ignored/") || path.ends_with(".o"))
            .then(|| "ignored by .gitignore".to_owned())
    }
}

fn source() -> Source {
    let link = |target: &str| Entry::Symlink(target.to_owned());
    Source(BTreeMap::from([
        ("src", Entry::Directory),
        ("src/a.c", Entry::File),
        ("d", Entry::Directory),
        ("d/e", Entry::Directory),
        ("d/e/f", Entry::File),
        ("link", link("d/e")),
        ("d/up", link("../src")),
        ("d/out", link("../../elsewhere")),
        ("absolute", link("/etc")),
        ("loop", link("loop")),
        ("later", link("gen")),
    ]))
}

/// The issues at the inputs of step `use`, which needs `mid`, which needs `make`; `make` writes `gen/`, `other` writes
/// `theirs` without being needed.
fn issues(inputs: &[&str]) -> Vec<String> {
    let step = |name: &str, needs: &str, outputs: &str, inputs: &[&str]| {
        serde_json::json!({"name": name, "run": "x", "needs": needs.split_whitespace().collect::<Vec<_>>(),
            "outputs": outputs.split_whitespace().collect::<Vec<_>>(), "inputs": inputs})
    };
    let file = serde_json::json!({"version": "1", "steps": [
        step("make", "", "gen/ built/deep/x", &[]), step("mid", "make", "", &[]), step("other", "", "theirs", &[]),
        step("use", "mid", "", inputs),
    ]});
    match Definition::parse(file.to_string().as_bytes())
        .unwrap()
        .check_inputs(&source())
    {
        Ok(()) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn what_the_source_has_or_a_needed_step_writes_is_there() {
    for input in [
        ".",
        "./",
        "src",
        "src/",
        "./src//a.c",
        "link",
        "link/",
        "link/f",
        "d/up/a.c",
        "gen",
        "gen/x/y",
        "gen/",
        "built",
        "later",
        "later/x",
        "absolute",
    ] {
        assert_eq!(issues(&[input]), [""; 0], "{input}");
    }
}

#[test]
fn a_missing_input_is_named_with_its_place_and_reason() {
    for (input, reason) in [
        ("src/b.c", "does not exist in the source"),
        ("src/a.c/x", "does not exist in the source"),
        ("src/a.c/", "is not a directory"),
        ("loop/x", "does not exist"),
        ("d/out/x", "outside the workspace"),
        ("absolute/passwd", "outside the workspace"),
        ("ignored/x", "is ignored by .gitignore"),
        ("src/a.o", "is ignored by .gitignore"),
        ("theirs", "step \"other\" writes it: add that to `needs`"),
        ("*.c", "does not exist in the source"),
    ] {
        let issues = issues(&["src", input]);
        assert_eq!(issues.len(), 1, "{input}: {issues:?}");
        assert!(
            issues[0].starts_with(&format!("steps[3].inputs[1]: {input:?} ")),
            "{}",
            issues[0]
        );
        assert!(issues[0].contains(reason), "{}", issues[0]);
    }
}

#[test]
fn all_missing_inputs_come_at_once() {
    assert_eq!(issues(&["x", "src", "y"]).len(), 2);
}
