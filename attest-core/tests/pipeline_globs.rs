//! Globs in inputs, replaced by what they match in a source.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // the whole file is tests

use std::collections::BTreeSet;

use attest_core::pipeline::{Definition, Entry, Listing, Problems};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Files by path; `ignored/` is kept out.
struct Files(BTreeSet<String>);

impl Files {
    fn new<S: Into<String>>(paths: impl IntoIterator<Item = S>) -> Self {
        Self(paths.into_iter().map(Into::into).collect())
    }
}

impl Listing for Files {
    fn entry(&self, path: &str) -> Option<Entry> {
        if self.0.contains(path) {
            Some(Entry::File)
        } else {
            self.under(path).next().map(|_| Entry::Directory)
        }
    }

    fn under(&self, directory: &str) -> impl Iterator<Item = &str> {
        let under = move |path: &&str| {
            let rest = path.strip_prefix(directory);
            directory.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
        };
        self.0.iter().map(String::as_str).filter(under)
    }

    fn left_out(&self, path: &str) -> Option<String> {
        path.starts_with("ignored/")
            .then(|| "ignored by .gitignore (\"ignored/\")".to_owned())
    }
}

fn definition(steps: Value) -> Definition {
    let file = json!({"version": "1", "steps": steps}).to_string();
    Definition::parse(file.as_bytes()).unwrap()
}

/// The inputs of a lone step after expansion.
fn expanded(source: &Files, inputs: &[&str]) -> Result<Vec<String>, Problems> {
    let expanded =
        definition(json!([{"name": "s", "run": "true", "inputs": inputs}])).expand(source)?;
    expanded.check_inputs(source)?;
    Ok(expanded.steps[0].step.inputs.clone())
}

fn refused(source: &Files, inputs: &[&str]) -> (String, String) {
    let problems = expanded(source, inputs).unwrap_err();
    let problem = problems.first();
    (problem.field.clone(), problem.issue.clone())
}

fn project() -> Files {
    Files::new([
        "main.go",
        "main_test.go",
        ".hidden.go",
        "go.mod",
        "a/b/deep.go",
        "a/one.go",
        "a/two.c",
        "web/app.ts",
        "web/app.tsx",
        "web/lib/x.ts",
        "odd[1].txt",
        "star*",
        "ä.go",
    ])
}

#[test]
fn each_sign_matches_what_it_says() {
    for (glob, matches) in [
        (
            "*.go",
            vec![".hidden.go", "main.go", "main_test.go", "ä.go"],
        ),
        (
            "**/*.go",
            vec![
                ".hidden.go",
                "a/b/deep.go",
                "a/one.go",
                "main.go",
                "main_test.go",
                "ä.go",
            ],
        ),
        ("a/**", vec!["a/b/deep.go", "a/one.go", "a/two.c"]),
        ("a/**/*.go", vec!["a/b/deep.go", "a/one.go"]),
        ("./a//*.?", vec!["a/two.c"]),
        ("web/app.ts*", vec!["web/app.ts", "web/app.tsx"]),
        ("main{,_test}.go", vec!["main.go", "main_test.go"]),
        ("{main,a/one}.go", vec!["a/one.go", "main.go"]),
        ("[!m]*.mod", vec!["go.mod"]),
        ("[a-b]/*", vec!["a/one.go", "a/two.c"]),
        ("a?b/*", vec![]),
        ("a[./]b/*", vec![]),
        ("star\\*", vec!["star*"]),
    ] {
        match expanded(&project(), &[glob]) {
            Ok(inputs) => assert_eq!(inputs, matches, "{glob}"),
            Err(problems) => assert!(matches.is_empty(), "{glob}: {problems}"),
        }
    }
}

#[test]
fn a_path_that_is_there_as_it_is_spelled_is_no_glob() {
    let inputs = ["odd[1].txt", "star*", "a/"];
    assert_eq!(expanded(&project(), &inputs).unwrap(), inputs);
}

#[test]
fn a_glob_takes_its_place_sorted_and_lists_nothing_twice() {
    let inputs = expanded(
        &project(),
        &["go.mod", "**/*.go", "*", "./main.go", "*.go", "go.mod"],
    )
    .unwrap();
    assert_eq!(
        inputs,
        [
            "go.mod",
            ".hidden.go",
            "a/b/deep.go",
            "a/one.go",
            "main_test.go",
            "ä.go",
            "odd[1].txt",
            "star*",
            "./main.go",
            "go.mod"
        ]
    );
}

#[test]
fn what_cannot_be_expanded_is_named_with_its_place_and_reason() {
    for (glob, reason) in [
        ("*.rs", "matches no file of the source"),
        ("nowhere/**", "matches no file of the source"),
        ("ignored/*.o", "ignored by .gitignore"),
        ("[", "no glob, and no file is called so"),
        ("a/{b", "no glob, and no file is called so"),
        ("a}*", "no glob, and no file is called so"),
        ("*[z-a]", "no glob, and no file is called so"),
        ("[ä].go", "ASCII alone"),
        ("[!]ä].go", "ASCII alone"),
        ("*/", "a glob matches files, never directories"),
    ] {
        let (field, issue) = refused(&project(), &["go.mod", glob]);
        assert_eq!(field, "steps[0].inputs[1]", "{glob}");
        assert!(
            issue.starts_with(&format!("{glob:?} ")) && issue.contains(reason),
            "{issue}"
        );
    }
}

#[test]
fn a_glob_is_relative_and_stays_inside() {
    for glob in ["/*", "../*", "a/../*.go", "/**/x"] {
        let steps = json!([{"name": "s", "run": "true", "inputs": [glob]}]);
        let problems = definition(steps).check().unwrap_err();
        assert_eq!(problems.first().field, "steps[0].inputs[0]", "{glob}");
    }
}

#[test]
fn a_glob_never_reaches_out_of_the_source_by_other_ways() {
    for glob in ["{..,a}/*.c", "[.][.]/*", "\\.\\./*", "?./?./*"] {
        let inputs = expanded(&project(), &[glob]).unwrap_or_default();
        assert!(
            inputs.is_empty() || inputs == ["a/two.c"],
            "{glob}: {inputs:?}"
        );
    }
}

#[test]
fn an_output_is_never_a_glob() {
    let steps =
        json!([{"name": "s", "run": "true", "inputs": ["*.mod"], "outputs": ["*.go", "[", "{x"]}]);
    let expanded = definition(steps).expand(&project()).unwrap();
    assert_eq!(expanded.steps[0].step.outputs, ["*.go", "[", "{x"]);
}

#[test]
fn an_output_equal_to_in_or_over_what_a_glob_matches_is_refused() {
    for (glob, output, relation) in [
        ("*.go", "main.go", "is"),
        ("**/*.go", "a/b", "lies over"),
        ("go.*", "go.mod/x", "lies in"),
    ] {
        let steps =
            json!([{"name": "s", "run": "true", "inputs": [glob], "outputs": ["fine", output]}]);
        let definition = definition(steps);
        definition.check().unwrap();
        let problems = definition.expand(&project()).unwrap_err();
        let problem = problems.first();
        assert_eq!(problem.field, "steps[0].outputs[1]", "{output}");
        assert!(
            problem
                .issue
                .contains(&format!("{output:?} {relation} the input")),
            "{problem}"
        );
    }
}

#[test]
fn what_a_needed_step_writes_is_left_to_it() {
    let source = Files::new(["dist/stale.js", "src/app.js"]);
    let steps = |needs: Value| {
        json!([
            {"name": "make", "run": "true", "outputs": ["dist/"]},
            {"name": "mid", "run": "true", "needs": ["make"]},
            {"name": "use", "run": "true", "needs": needs, "inputs": ["dist/*.js", "**/*.js"]},
        ])
    };
    let needed = definition(steps(json!(["mid"]))).expand(&source).unwrap();
    assert_eq!(needed.steps[2].step.inputs, ["dist/*.js", "src/app.js"]);
    let not_needed = definition(steps(json!([]))).expand(&source).unwrap();
    assert_eq!(
        not_needed.steps[2].step.inputs,
        ["dist/stale.js", "src/app.js"]
    );

    let problems = definition(steps(json!([])))
        .expand(&Files::new(["x"]))
        .unwrap_err();
    let problem = problems.first();
    assert_eq!(problem.field, "steps[2].inputs[0]");
    assert!(
        problem.issue.contains("step \"make\" writes there"),
        "{problem}"
    );
}

#[test]
fn in_map_form_the_step_is_named() {
    let file = b"version: 1\nsteps:\n  build: {run: make, inputs: ['*.nothing']}\n";
    let problems = Definition::parse(file)
        .unwrap()
        .expand(&project())
        .unwrap_err();
    assert_eq!(problems.first().field, "steps.build.inputs[0]");
}

#[test]
fn expansion_is_part_of_what_is_hashed() {
    let hash = |source: &Files| {
        let steps = json!([{"name": "s", "run": "true", "inputs": ["*.go"]}]);
        definition(steps)
            .expand(source)
            .unwrap()
            .into_pipeline()
            .hash()
    };
    let literal = definition(json!([{"name": "s", "run": "true", "inputs": ["a.go", "b.go"]}]));
    assert_eq!(
        hash(&Files::new(["b.go", "a.go"])),
        literal.into_pipeline().hash()
    );
    assert_ne!(
        hash(&Files::new(["a.go"])),
        hash(&Files::new(["a.go", "b.go"]))
    );
}

#[test]
fn a_million_files_and_a_million_globs_are_refused_in_bounds() {
    let many = Files::new((0..1_000_000).map(|number| format!("f/{number}")));
    let started = std::time::Instant::now();
    for glob in ["f/*", "**", "f/{0,1,2}*"] {
        let (field, issue) = refused(&many, &["f/1", glob]);
        assert_eq!(field, "steps[0].inputs[1]", "{glob}");
        assert!(
            issue.contains("too many files") && issue.contains("10000"),
            "{issue}"
        );
    }
    let few = Files::new(["a"]);
    let globs: Vec<String> = (0..900_000).map(|number| format!("{number}*")).collect();
    let globs: Vec<&str> = globs.iter().map(String::as_str).collect();
    let problems = expanded(&few, &globs).unwrap_err();
    assert_eq!(problems.len() + problems.omitted(), 900_000);

    let steps: Vec<Value> = (0..11)
        .map(|step| json!({"name": format!("s{step}"), "run": "true", "inputs": ["f/*"]}))
        .collect();
    let ten_thousand = Files::new((0..10_000).map(|number| format!("f/{number}")));
    let problems = definition(json!(steps)).expand(&ten_thousand).unwrap_err();
    assert_eq!(
        (problems.len(), &*problems.first().field),
        (1, "steps[10].inputs[0]")
    );
    assert!(started.elapsed().as_secs() < 60);
}

#[test]
fn hostile_globs_are_judged_in_bounds() {
    let source = Files::new((0..2000).map(|number| format!("{}{number}", "a".repeat(100))));
    for glob in [
        "{".repeat(4000),
        "{a,".repeat(1300) + &"}".repeat(1300),
        "*a".repeat(2000),
        "**/".repeat(1300) + "x",
        "{a,b}".repeat(800),
        "[a-z]".repeat(800),
    ] {
        let (field, _) = refused(&source, &[&glob]);
        assert_eq!(field, "steps[0].inputs[0]");
    }
}

/// What a glob matches, told naively: braces are written out, `**` is tried at every length.
fn matches(glob: &[u8], path: &[u8]) -> bool {
    if let Some(open) = glob.iter().position(|byte| *byte == b'{') {
        let close = open + glob[open..].iter().position(|byte| *byte == b'}').unwrap();
        return glob[open + 1..close]
            .split(|byte| *byte == b',')
            .any(|choice| matches(&[&glob[..open], choice, &glob[close + 1..]].concat(), path));
    }
    match (glob, path) {
        ([], []) => true,
        (b"**", _) => !path.is_empty(),
        ([b'*', b'*', b'/', rest @ ..], _) => {
            let below = (0..path.len()).filter(|at| path[*at] == b'/');
            matches(rest, path) || below.into_iter().any(|at| matches(rest, &path[at + 1..]))
        }
        ([b'*', rest @ ..], _) => {
            matches(rest, path)
                || (matches!(path, [first, ..] if *first != b'/') && matches(glob, &path[1..]))
        }
        ([b'?', rest @ ..], [byte, path @ ..]) => *byte != b'/' && matches(rest, path),
        ([b'[', b'!', not, b']', rest @ ..], [byte, path @ ..]) => {
            byte != not && *byte != b'/' && matches(rest, path)
        }
        ([b'[', one, other, b']', rest @ ..], [byte, path @ ..]) => {
            (byte == one || byte == other) && matches(rest, path)
        }
        ([byte, glob @ ..], [found, path @ ..]) => byte == found && matches(glob, path),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn expansion_is_what_a_naive_reading_says_sorted_and_each_once(
        paths in proptest::collection::btree_set("[ab.](/?[ab.]){0,4}", 0..40),
        parts in proptest::collection::vec(
            prop_oneof![2 => Just("**".to_owned()), 5 => "([ab.]|\\*|\\?|\\[ab\\]|\\[!a\\]|\\{a,b\\?\\}|\\{,a\\}){1,3}"],
            1..4,
        ),
    ) {
        // No file lies below a file, and no part is `.` or `..`.
        let normal = |path: &&String| path.split('/').all(|part| part != "." && part != "..");
        let below = |path: &&String| path.match_indices('/').all(|(at, _)| !paths.contains(&path[..at]));
        let paths: BTreeSet<String> = paths.iter().filter(normal).filter(below).cloned().collect();
        // Two stars beside each other are one star, not two.
        let glob = parts.iter().map(|part| if part == "**" { part.clone() } else { part.replace("**", "*").replace("**", "*") }).collect::<Vec<_>>().join("/");
        prop_assume!(glob.contains(['*', '?', '[', '{']) && !paths.contains(&glob));
        // Written out as the naive reading does it, an empty choice would bring two stars together.
        let meet = |part: &String| part.contains("{,a}") && part.replace("{,a}", "").contains("**");
        prop_assume!(!parts.iter().any(meet));
        prop_assume!(glob.split('/').all(|part| part != "." && part != ".."));
        let naive: Vec<String> = paths.iter().filter(|path| matches(glob.as_bytes(), path.as_bytes())).cloned().collect();
        match expanded(&Files(paths), &[&glob, &glob]) {
            Ok(inputs) => prop_assert_eq!(inputs, naive, "{}", glob),
            Err(problems) => prop_assert!(naive.is_empty(), "{}: {}", glob, problems),
        }
    }
}
