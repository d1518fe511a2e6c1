//! What makes a step another step, and what does not. Each row is a run, a change, and a run again.

use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use serde_json::{Value, json};

use crate::clock::Clock;
use crate::shop::{Run, Shop};

const ALL: &[&str] = &["first", "second", "third"];
const NONE: &[&str] = &[];

/// What is run, and on what.
struct Case<'a> {
    name: &'static str,
    config: Value,
    request: Value,
    source: &'a Path,
}

impl Case<'_> {
    fn step(&mut self, index: usize) -> &mut Value {
        &mut self.config["steps"][index]
    }

    fn write(&self, path: &str, text: &str) {
        std::fs::write(self.source.join(path), text).unwrap();
    }

    fn run(&self, shop: &Shop) -> Run {
        let run = shop.run_config(self.name, &self.config, &self.request);
        assert_eq!(run.status(), "completed", "{}", run.execution);
        run
    }
}

/// A chain: `first` reads the source, `second` what `first` left, `third` what both left.
fn base(source: &Path) -> Case<'_> {
    let _ = std::fs::remove_dir_all(source);
    std::fs::create_dir_all(source.join("in")).unwrap();
    let case = Case {
        name: "p",
        config: json!({"version": "1", "env": {}, "steps": [
            {"name": "first", "inputs": ["in"], "outputs": ["mid"],
             "run": "mkdir mid; cat in/a > mid/x; echo first"},
            {"name": "second", "needs": ["first"], "inputs": ["mid"], "outputs": ["end"], "run": "cp mid/x end"},
            {"name": "third", "needs": ["second"], "inputs": ["mid", "end"], "outputs": ["last"],
             "run": "cat mid/x end > last"},
        ]}),
        request: json!({}),
        source,
    };
    case.write("in/a", "A");
    case.write("in/b", "B");
    symlink("a", source.join("in/link")).unwrap();
    case.write("undeclared", "U");
    case
}

/// A name, what the row runs first where that is not the base, the change, and which steps are then still served.
type Row = (
    &'static str,
    fn(&mut Case<'_>),
    fn(&mut Case<'_>),
    &'static [&'static str],
);

fn strict(case: &mut Case<'_>) {
    case.config["strict_inputs"] = json!(true);
}

fn as_it_is(_: &mut Case<'_>) {}

fn executable(case: &mut Case<'_>) {
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(case.source.join("in/b"), mode).unwrap();
}

fn other_link(case: &mut Case<'_>) {
    std::fs::remove_file(case.source.join("in/link")).unwrap();
    symlink("b", case.source.join("in/link")).unwrap();
}

const ROWS: &[Row] = &[
    // What is not another step.
    (
        "another execution of another pipeline",
        as_it_is,
        as_it_is,
        ALL,
    ),
    ("the pipeline's name", as_it_is, |c| c.name = "q", ALL),
    (
        "a step's name",
        as_it_is,
        |c| {
            c.step(1)["name"] = json!("renamed");
            c.step(2)["needs"] = json!(["renamed"]);
        },
        &["first", "renamed", "third"],
    ),
    (
        "the order of the steps",
        as_it_is,
        |c| c.config["steps"].as_array_mut().unwrap().reverse(),
        ALL,
    ),
    (
        "what is needed as well, transitively",
        as_it_is,
        |c| c.step(2)["needs"] = json!(["second", "first"]),
        ALL,
    ),
    (
        "the time limit",
        as_it_is,
        |c| c.step(0)["timeout_secs"] = json!(60),
        ALL,
    ),
    (
        "the pipeline's version",
        as_it_is,
        |c| c.config["version"] = json!("2"),
        ALL,
    ),
    ("a file's time", as_it_is, |c| c.write("in/a", "A"), ALL),
    (
        "an undeclared file, with strict inputs: it is not even there",
        strict,
        |c| c.write("undeclared", "other"),
        ALL,
    ),
    (
        "a new undeclared file, with strict inputs",
        strict,
        |c| c.write("new", "N"),
        ALL,
    ),
    // The command. What it left is the same, so that what follows is served.
    (
        "the command",
        as_it_is,
        |c| c.step(0)["run"] = json!("mkdir mid; cat in/a > mid/x; echo first; true"),
        &["second", "third"],
    ),
    // Without strict inputs every step sees the whole source.
    (
        "a declared input's content",
        as_it_is,
        |c| c.write("in/a", "changed"),
        NONE,
    ),
    (
        "a declared input's path",
        as_it_is,
        |c| std::fs::rename(c.source.join("in/b"), c.source.join("in/c")).unwrap(),
        NONE,
    ),
    (
        "a declared input's executable bit",
        as_it_is,
        executable,
        NONE,
    ),
    ("a link's target", as_it_is, other_link, NONE),
    (
        "a link where a file was",
        as_it_is,
        |c| {
            std::fs::remove_file(c.source.join("in/b")).unwrap();
            symlink("a", c.source.join("in/b")).unwrap();
        },
        NONE,
    ),
    (
        "an undeclared file's content",
        as_it_is,
        |c| c.write("undeclared", "other"),
        NONE,
    ),
    (
        "a new undeclared file",
        as_it_is,
        |c| c.write("new", "N"),
        NONE,
    ),
    // With strict inputs only `first` sees it; the others see what `first` left.
    (
        "a strict input's content",
        strict,
        |c| c.write("in/b", "other"),
        &["second", "third"],
    ),
    (
        "a strict input's executable bit",
        strict,
        executable,
        &["second", "third"],
    ),
    (
        "a strict input's link target",
        strict,
        other_link,
        &["second", "third"],
    ),
    (
        "a strict input's path",
        strict,
        |c| std::fs::rename(c.source.join("in/b"), c.source.join("in/c")).unwrap(),
        &["second", "third"],
    ),
    // What a needed step left: directly, and through a step that left the same as before.
    (
        "an upstream output, direct and transitive",
        strict,
        |c| c.write("in/a", "changed"),
        NONE,
    ),
    (
        "an upstream output, transitive alone",
        |c| {
            strict(c);
            c.step(1)["run"] = json!("cat mid/x > copy; echo constant > end");
        },
        |c| c.write("in/a", "changed"),
        NONE,
    ),
    (
        "an upstream output's executable bit",
        as_it_is,
        |c| c.step(0)["run"] = json!("mkdir mid; cat in/a > mid/x; chmod +x mid/x; echo first"),
        NONE,
    ),
    (
        "an upstream output's link target",
        |c| c.step(0)["run"] = json!("mkdir mid; cat in/a > mid/x; ln -s x mid/l; echo first"),
        |c| c.step(0)["run"] = json!("mkdir mid; cat in/a > mid/x; ln -s ./x mid/l; echo first"),
        NONE,
    ),
    (
        "an upstream output that is an empty directory",
        as_it_is,
        |c| {
            c.step(0)["run"] = json!("mkdir mid empty; cat in/a > mid/x; echo first");
            c.step(0)["outputs"] = json!(["mid", "empty"]);
        },
        NONE,
    ),
    (
        "an upstream output's path",
        |c| {
            c.step(1)["inputs"] = json!([]);
            c.step(1)["run"] = json!("cat mid/* > end");
            c.step(2)["run"] = json!("cat mid/* end > last");
        },
        |c| c.step(0)["run"] = json!("mkdir mid; cat in/a > mid/y; echo first"),
        NONE,
    ),
    // The environment.
    (
        "the environment's name",
        as_it_is,
        |c| c.request["environment"] = json!("production"),
        NONE,
    ),
    (
        "a variable",
        as_it_is,
        |c| c.request["variables"] = json!({"V": "1"}),
        NONE,
    ),
    (
        "a variable's value",
        |c| c.request["variables"] = json!({"V": "1"}),
        |c| c.request["variables"] = json!({"V": "2"}),
        NONE,
    ),
    (
        "the pipeline's env",
        as_it_is,
        |c| c.config["env"]["V"] = json!("1"),
        NONE,
    ),
    (
        "a step's env",
        as_it_is,
        |c| c.step(1)["env"] = json!({"V": "1"}),
        &["first", "third"],
    ),
    // The rest of the step.
    (
        "the working directory",
        |c| {
            c.step(2)["run"] = json!("true");
            c.step(2)["outputs"] = json!([]);
        },
        |c| c.step(2)["working_dir"] = json!("in"),
        &["first", "second"],
    ),
    (
        "the declared inputs",
        as_it_is,
        |c| c.step(1)["inputs"] = json!(["mid/x"]),
        &["first", "third"],
    ),
    (
        "the declared outputs",
        |c| c.step(1)["run"] = json!("cp mid/x end; echo more > more"),
        |c| c.step(1)["outputs"] = json!(["end", "more"]),
        &["first"],
    ),
    (
        "strictness",
        as_it_is,
        |c| c.step(1)["strict_inputs"] = json!(true),
        &["first", "third"],
    ),
    (
        "strictness, where it hides nothing",
        |c| c.step(0)["inputs"] = json!(["in", "undeclared"]),
        |c| c.step(0)["strict_inputs"] = json!(true),
        &["second", "third"],
    ),
];

#[test]
fn a_step_is_served_only_where_all_it_can_see_is_the_same() {
    let shop = Shop::new(&[]);
    let source = shop.source.path().join(".");
    let mut wrong = Vec::new();
    for (index, (name, before, change, expected)) in ROWS.iter().enumerate() {
        let mut case = base(&source);
        before(&mut case);
        // Rows must not serve each other.
        case.config["env"]["ROW"] = json!(index.to_string());
        assert_eq!(case.run(&shop).hits(), NONE, "{name}");
        change(&mut case);
        let run = case.run(&shop);
        if run.hits() != *expected {
            wrong.push(format!(
                "{name}: served {:?}, expected {expected:?}",
                run.hits()
            ));
        }
        // What was changed is itself served from then on.
        assert_eq!(case.run(&shop).hits().len(), 3, "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn another_salt_or_other_things_of_the_operators_begin_anew_and_the_old_one_is_still_served() {
    let mut shop = Shop::new(&[("a", "A")]);
    let steps = json!([{"name": "s", "inputs": ["a"], "run": "cat a"}]);
    assert!(shop.run(&steps).hits().is_empty());
    let (tools, others) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    type Change<'a> = &'a dyn Fn(&mut attest_server::Config);
    let changes: [Change<'_>; 5] = [
        &|config| config.cache_salt = "another".to_owned(),
        &|config| config.step_env = BTreeMap::from([("TOOLS".to_owned(), "2".to_owned())]),
        &|config| config.step_env = BTreeMap::from([("TOOLS".to_owned(), "3".to_owned())]),
        &|config| config.allow_read = vec![tools.path().to_owned()],
        &|config| config.allow_read = vec![others.path().to_owned()],
    ];
    for change in changes {
        shop.restart(|mut config| {
            change(&mut config);
            config
        });
        assert!(shop.run(&steps).hits().is_empty());
        assert_eq!(shop.run(&steps).hits(), ["s"]);
    }
    shop.restart(|config| config);
    assert_eq!(shop.run(&steps).hits(), ["s"]);
}

#[test]
fn the_time_of_day_is_no_part_of_a_step() {
    let clock = Clock::new();
    let shop = Shop::with(&[("a", "A")], |config| attest_server::Config {
        host: clock.host(),
        ..config
    });
    let steps = json!([{"name": "s", "inputs": ["a"], "run": "cat a"}]);
    assert!(shop.run(&steps).hits().is_empty());
    clock.advance(400 * 24 * 3600);
    assert_eq!(shop.run(&steps).hits(), ["s"]);
}
