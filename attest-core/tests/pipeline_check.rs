//! What makes a pipeline invalid to run: each rule, its place, and all of them at once.
#![allow(clippy::unwrap_used)] // the whole file is tests

use std::collections::BTreeMap;

use attest_core::pipeline::{Definition, Problems};
use attest_core::v1::Config;
use serde_json::{Value, json};

fn from_api(config: Value) -> Result<Definition, Problems> {
    let config: Config = serde_json::from_value(config).unwrap();
    Definition::from_config(Some("p"), &config)
}

fn problems(result: Result<impl std::fmt::Debug, Problems>) -> Vec<(String, String)> {
    let problems = result.unwrap_err();
    problems
        .iter()
        .map(|problem| (problem.field.clone(), problem.issue.clone()))
        .collect()
}

/// The one problem of a pipeline whose only step has these fields besides its name.
fn of_step(fields: Value) -> (String, String) {
    let mut step = json!({"name": "a", "run": "true"});
    step.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    let mut all = problems(from_api(json!({"version": "1", "steps": [step]})));
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[test]
fn the_pipelines_of_the_specification_are_valid() {
    for steps in [
        json!([
            {"name": "install", "run": "npm ci", "inputs": ["package.json", "package-lock.json"], "outputs": ["node_modules/"]},
            {"name": "build", "run": "npm run build", "inputs": ["src/", "public/"], "outputs": ["dist/"], "needs": ["install"]},
        ]),
        json!([
            {"name": "test", "run": "cargo test", "inputs": ["src/", "Cargo.toml"], "outputs": ["target/debug/"], "needs": []},
            {"name": "build", "run": "cargo build --release", "inputs": ["src/", "Cargo.toml"], "outputs": ["target/release/"], "needs": ["test"]},
        ]),
    ] {
        from_api(json!({"version": "0.1", "steps": steps})).unwrap();
    }
}

#[test]
fn all_problems_come_at_once() {
    let all = problems(from_api(json!({
        "version": " ",
        "env": {"HOME": "/", "1A": "x"},
        "attestation": {"sign_all_steps": true},
        "steps": [
            {"name": "a b", "run": "", "inputs": ["/etc", "x/../y"], "needs": ["zz"]},
            {"name": "c", "run": "true", "image": "alpine", "timeout_secs": 0},
            {"name": "c", "run": "true"},
        ],
    })));
    let fields: Vec<&str> = all.iter().map(|(field, _)| field.as_str()).collect();
    for field in [
        "version",
        "env.HOME",
        "env.1A",
        "attestation",
        "steps[0].name",
        "steps[0].run",
        "steps[0].inputs[0]",
        "steps[0].inputs[1]",
        "steps[0].needs[0]",
        "steps[1].image",
        "steps[1].timeout_secs",
        "steps[2].name",
    ] {
        assert_eq!(
            fields.iter().filter(|found| **found == field).count(),
            1,
            "{field} in {fields:?}"
        );
    }
    assert_eq!(fields.len(), 12, "{fields:?}");
}

#[test]
fn a_name_is_a_line_of_text() {
    for name in ["''", "' '", "\"a\\nb\"", "\"\\e[1m\""] {
        let file = format!("{{version: 1, name: {name}, steps: {{a: {{run: x}}}}}}");
        let problems = Definition::parse(file.as_bytes())
            .unwrap()
            .check()
            .unwrap_err();
        assert_eq!(problems.first().field, "name");
    }
}

#[test]
fn an_empty_command_is_named_as_in_the_specification() {
    for run in ["", " \n\t"] {
        assert_eq!(
            of_step(json!({"run": run})),
            ("steps[0].run".into(), "Command cannot be empty".into())
        );
    }
}

#[test]
fn a_path_is_relative_and_stays_inside() {
    for (path, word) in [
        ("/etc/hosts", "absolute"),
        ("..", "`..`"),
        ("a/../b", "`..`"),
        ("", "empty"),
        ("a\nb", "control character"),
        (&"a/".repeat(3000), "4095"),
    ] {
        for list in ["inputs", "outputs"] {
            let (field, issue) = of_step(json!({list: [path]}));
            assert_eq!(field, format!("steps[0].{list}[0]"));
            assert!(issue.contains(word), "{issue}");
        }
        if !path.is_empty() {
            assert_eq!(
                of_step(json!({"working_dir": path})).0,
                "steps[0].working_dir"
            );
        }
    }
}

#[test]
fn a_path_with_dots_that_is_no_parent_is_fine() {
    from_api(json!({"version": "1", "steps": [
        {"name": "a", "run": "true", "inputs": ["./a", "...", "a..b", ".hidden/..x"], "working_dir": "."},
    ]}))
    .unwrap();
}

#[test]
fn a_step_does_not_write_what_it_reads() {
    for (input, output, word) in [
        ("a", "a", " is "),
        ("./a/", "a", " is "),
        ("src", "src/gen/x", "lies in"),
        (".", "x", "lies in"),
        ("dist/a", "dist/", "lies over"),
    ] {
        let (field, issue) = of_step(json!({"inputs": ["other", input], "outputs": [output]}));
        assert_eq!(field, "steps[0].outputs[0]", "{input} {output}");
        assert!(issue.contains(word), "{issue}");
    }
    from_api(json!({"version": "1", "steps": [
        {"name": "a", "run": "true", "inputs": ["src", "a-b", "lib/x"], "outputs": ["src-gen", "a", "lib/y"]},
    ]}))
    .unwrap();
}

#[test]
fn each_path_has_one_writer() {
    let step =
        |name: &str, outputs: &[&str]| json!({"name": name, "run": "true", "outputs": outputs});
    for (a, b, clash) in [
        ("x", "x", "steps[1].outputs[0]"),
        ("dist", "./dist/app", "steps[1].outputs[0]"),
        ("dist/app", "dist", "steps[0].outputs[0]"),
    ] {
        let all = problems(from_api(
            json!({"version": "1", "steps": [step("a", &[a]), step("b", &[b])]}),
        ));
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].0, clash);
        assert!(all[0].1.contains("one writer"), "{}", all[0].1);
    }
    // The same step may; and `dist-x` is not in `dist`.
    from_api(json!({"version": "1", "steps": [step("a", &["dist", "dist/app", "dist"]), step("b", &["dist-x", "dist.x", "d"])]}))
        .unwrap();
}

#[test]
fn an_overlap_is_found_through_the_paths_between() {
    // Sorted by bytes, `d-x` stands between `d` and `d/x`; and `d/x` of the first step hides no `d` of the second.
    let steps = json!([
        {"name": "a", "run": "true", "outputs": ["d-x", "d/x"]},
        {"name": "b", "run": "true", "outputs": ["d"]},
    ]);
    let all = problems(from_api(json!({"version": "1", "steps": steps})));
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].0, "steps[0].outputs[1]");
    let steps = json!([
        {"name": "a", "run": "true", "outputs": ["d", "d/e/f"]},
        {"name": "b", "run": "true", "outputs": ["d/e"]},
    ]);
    assert_eq!(
        problems(from_api(json!({"version": "1", "steps": steps}))).len(),
        2
    );
}

#[test]
fn the_whole_workspace_is_no_output() {
    assert_eq!(of_step(json!({"outputs": ["./"]})).0, "steps[0].outputs[0]");
}

#[test]
fn a_circle_is_named() {
    let step = |name: &str, needs: &[&str]| json!({"name": name, "run": "true", "needs": needs});
    let all = problems(from_api(json!({"version": "1", "steps": [
        step("fine", &[]), step("in", &["a"]), step("a", &["fine", "b"]), step("b", &["c"]), step("c", &["a"]), step("self", &["self"]),
    ]})));
    assert_eq!(
        all,
        [
            (
                "steps[2].needs".into(),
                "these steps need each other in a cycle: a -> b -> c -> a".into()
            ),
            (
                "steps[5].needs".into(),
                "these steps need each other in a cycle: self -> self".into()
            ),
        ]
    );
}

#[test]
fn the_servers_own_variables_are_not_set_by_a_pipeline() {
    for name in [
        "ATTEST_ENVIRONMENT",
        "ATTEST_X",
        "HOME",
        "TMPDIR",
        "",
        "A=B",
        "A B",
        "é",
        "0A",
    ] {
        let (field, _) = of_step(json!({"env": {name: "x"}}));
        assert!(field.starts_with("steps[0].env"), "{field}");
        let variables = BTreeMap::from([(name.to_owned(), "x".to_owned())]);
        let definition =
            from_api(json!({"version": "1", "steps": [{"name": "a", "run": "true"}]})).unwrap();
        let all = problems(definition.effective(None, &variables, "p"));
        assert!(all[0].0.starts_with("variables"), "{all:?}");
    }
    from_api(json!({"version": "1", "steps": [{"name": "a", "run": "true", "env": {"PATH": "/x", "_a1": "", "ATTESTED": "1"}}]}))
        .unwrap();
}

#[test]
fn the_tools_own_fields_are_refused_where_they_say_something() {
    for fields in [
        json!({"image": "x"}),
        json!({"image": ""}),
        json!({"capsule": "c"}),
        json!({"attestation": {"type": "t"}}),
    ] {
        let (field, issue) = of_step(fields);
        assert!(
            ["steps[0].image", "steps[0].capsule", "steps[0].attestation"]
                .contains(&field.as_str())
        );
        assert!(issue.contains("not supported"));
    }
    from_api(json!({
        "version": "1",
        "attestation": {"sign_all_steps": false, "verify_dependencies": false},
        "steps": [{"name": "a", "run": "true", "image": null, "capsule": null, "attestation": null}],
    }))
    .unwrap();
}

#[test]
fn a_file_in_map_form_names_the_step() {
    let file = b"version: 1\nsteps:\n  build: {run: '', inputs: [/x]}\n  two words: {run: x}\n  b: {run: x, needs: [b]}\n";
    let all = problems(Definition::parse(file).unwrap().check());
    let fields: Vec<&str> = all.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "steps[\"two words\"]",
            "steps.build.run",
            "steps.build.inputs[0]",
            "steps.b.needs"
        ]
    );
}

#[test]
fn a_million_problems_are_reported_in_bounds() {
    let inputs: Vec<String> = (0..100_000).map(|i| format!("/{i}")).collect();
    let problems = from_api(
        json!({"version": "1", "steps": [{"name": "a", "run": "true", "inputs": inputs}]}),
    )
    .unwrap_err();
    assert_eq!(problems.len(), 100);
    assert_eq!(problems.omitted(), 99_900);
    assert!(problems.to_string().ends_with("… and 99900 more"));
}

#[test]
fn hostile_pipelines_are_judged_in_bounded_time() {
    let deep: Vec<String> = (1..400).map(|depth| "d/".repeat(depth)).collect();
    let wide: Vec<String> = (0..50_000).map(|i| format!("o/{i}")).collect();
    let mut steps = vec![
        json!({"name": "deep", "run": "true", "outputs": deep}),
        json!({"name": "wide", "run": "true", "outputs": wide}),
    ];
    steps.push(json!({"name": "over", "run": "true", "inputs": wide, "outputs": ["o"]}));
    // A chain that is longer than any call stack would bear, closed to a circle.
    steps.extend((0..50_000).map(|i| json!({"name": format!("s{i}"), "run": "x", "needs": [format!("s{}", (i + 1) % 50_000)]})));
    let problems = from_api(json!({"version": "1", "steps": steps})).unwrap_err();
    assert_eq!(problems.first().field, "steps");
}

#[test]
fn a_definition_survives_the_way_through_the_api() {
    let file = br#"
version: 1.10
name: n
network: false
env: {A: b}
steps:
- {name: z, run: make, inputs: [a, ./b], outputs: [c/], needs: [], env: {}, cache: false, timeout_secs: 0x10, working_dir: d}
- {name: a, run: "x\ny", strict_inputs: true, network: true}
"#;
    let definition = Definition::parse(file).unwrap();
    let back = Definition::from_config(Some("n"), &definition.to_config()).unwrap();
    assert_eq!(back, definition);
    assert_eq!(back.pipeline().hash(), definition.pipeline().hash());
    let (z, a) = (back.step("z").unwrap(), back.step("a").unwrap());
    assert_eq!(
        (back.network(z), back.network(a)),
        (Some(false), Some(true))
    );
    assert_eq!(
        (back.strict_inputs(z), back.strict_inputs(a)),
        (false, true)
    );
}

#[test]
fn additions_of_the_list_form_are_not_hashed() {
    let with = Definition::parse(b"{version: 1, network: false, strict_inputs: true, steps: [{name: a, run: x, network: true}]}").unwrap();
    let without = Definition::parse(b"{version: 1, steps: {a: {run: x}}}").unwrap();
    assert_eq!(with.pipeline().hash(), without.pipeline().hash());
}

#[test]
fn the_effective_pipeline_attests_environment_and_variables() {
    let definition =
        Definition::parse(b"{schema_version: 1, version: 1, env: {A: file, B: file}, steps: {s: {run: x, env: {C: step}}}}").unwrap();
    let variables =
        BTreeMap::from([("B", "given"), ("C", "given")].map(|(k, v)| (k.to_owned(), v.to_owned())));
    let pipeline = definition
        .effective(Some("production"), &variables, "directory")
        .unwrap();
    let env: Vec<(&str, &str)> = pipeline
        .env
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    assert_eq!(
        env,
        [
            ("A", "file"),
            ("ATTEST_ENVIRONMENT", "production"),
            ("B", "given"),
            ("C", "given")
        ]
    );
    assert_eq!(pipeline.name.as_deref(), Some("directory"));
    assert_eq!(pipeline.schema_version, None);
    assert_eq!(pipeline.environment_of(&pipeline.steps["s"])["C"], "step");

    let none = definition
        .effective(None, &BTreeMap::new(), "directory")
        .unwrap();
    assert!(!none.env.contains_key("ATTEST_ENVIRONMENT"));
    assert_ne!(none.hash(), pipeline.hash());
    assert!(
        definition
            .effective(Some(""), &BTreeMap::new(), "d")
            .is_err()
    );
    assert!(
        definition
            .effective(Some("a\nb"), &BTreeMap::new(), "d")
            .is_err()
    );
}

#[test]
fn the_canonical_text_of_an_effective_pipeline_has_its_hash_again() {
    let definition =
        Definition::parse(b"{version: 1, steps: [{name: s, run: \"a\\n\\tb\"}]}").unwrap();
    let pipeline = definition
        .effective(Some("x"), &BTreeMap::new(), "d")
        .unwrap();
    let read = Definition::parse(pipeline.canonical_text().as_bytes()).unwrap();
    assert_eq!(read.pipeline(), pipeline);
    // For checking, not for resubmitting: it sets a variable that only the server sets.
    assert_eq!(
        read.check().unwrap_err().first().field,
        "env.ATTEST_ENVIRONMENT"
    );
}

#[test]
fn what_is_quoted_of_a_hostile_pipeline_is_cut() {
    let huge = "ä".repeat(100_000);
    let steps = json!([
        {"name": huge, "run": "true", "inputs": [huge], "outputs": [format!("/{huge}")], "needs": [huge]},
        {"name": format!("{huge}2"), "run": "true", "working_dir": format!("../{huge}"), "env": {(huge.clone()): "x"}},
    ]);
    let text = json!({"version": "1", "steps": steps}).to_string();
    let problems = Definition::parse(text.as_bytes())
        .unwrap()
        .check()
        .unwrap_err();
    assert!(problems.len() >= 6, "{}", problems.len());
    for problem in problems.iter() {
        assert!(problem.field.len() < 1100 && problem.issue.len() < 4200);
        let whole = !problem.issue.ends_with('…');
        assert!(whole || problem.issue.len() > 4000, "{}", problem.field);
    }
}
