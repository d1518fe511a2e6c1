//! The law of the cache: with it and without it, a run leaves the same files and the same receipt but for times, ids and
//! `cache_hit`. Random edits to random pipelines, whose steps look at whatever they can reach, declared or not.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::shop::{Run, Shop};

/// Files of the source. The last two lie where steps 0 and 1 write: such a file is not what the step left.
const FILES: [&str; 6] = ["a", "b", "d/c", "d/e/f", "p0", "o1/stale"];
/// Those that may be declared as inputs.
const DECLARABLE: usize = 4;
const STEPS: usize = 4;

/// What lies at a path of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    Nothing,
    File { text: u8, executable: bool },
    Link(u8),
}

#[derive(Clone, Debug)]
struct Step {
    /// By file.
    declared: [bool; DECLARABLE],
    /// By earlier step.
    needs: [bool; STEPS],
    strict: bool,
    cache: bool,
    variable: Option<u8>,
    /// Whether it also writes down what lies where, with modes, times and links.
    lists: bool,
    executable: bool,
    links: bool,
    /// Whether what it writes depends on what it reads.
    constant: bool,
    speaks: bool,
    fails: bool,
}

#[derive(Clone, Debug)]
struct Project {
    files: [Content; FILES.len()],
    steps: [Step; STEPS],
    variable: u8,
}

#[derive(Clone, Debug)]
enum Edit {
    Nothing,
    File(usize, Content),
    Step(usize, Step),
    Strict(usize),
    Declare(usize, usize),
    Need(usize, usize),
    Variable(u8),
}

fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        1 => Just(Content::Nothing),
        4 => (0..3_u8, any::<bool>()).prop_map(|(text, executable)| Content::File { text, executable }),
        1 => (0..2_u8).prop_map(Content::Link),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let rarely = || proptest::bool::weighted(0.15);
    (
        any::<[bool; DECLARABLE]>(),
        any::<[bool; STEPS]>(),
        (
            any::<bool>(),
            proptest::bool::weighted(0.9),
            proptest::option::of(0..2_u8),
        ),
        (
            any::<bool>(),
            any::<bool>(),
            any::<bool>(),
            rarely(),
            any::<bool>(),
            rarely(),
        ),
    )
        .prop_map(
            |(
                declared,
                needs,
                (strict, cache, variable),
                (lists, executable, links, constant, speaks, fails),
            )| Step {
                declared,
                needs,
                strict,
                cache,
                variable,
                lists,
                executable,
                links,
                constant,
                speaks,
                fails,
            },
        )
}

fn project() -> impl Strategy<Value = Project> {
    let files = proptest::array::uniform(content());
    let steps = proptest::array::uniform(step());
    (files, steps, 0..2_u8).prop_map(|(files, steps, variable)| Project {
        files,
        steps,
        variable,
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        Just(Edit::Nothing),
        (0..FILES.len(), content()).prop_map(|(at, content)| Edit::File(at, content)),
        (0..FILES.len(), content()).prop_map(|(at, content)| Edit::File(at, content)),
        (0..STEPS, step()).prop_map(|(at, step)| Edit::Step(at, step)),
        (0..STEPS).prop_map(Edit::Strict),
        (0..STEPS, 0..DECLARABLE).prop_map(|(at, file)| Edit::Declare(at, file)),
        (0..STEPS, 0..STEPS).prop_map(|(at, other)| Edit::Need(at, other)),
        (0..2_u8).prop_map(Edit::Variable),
    ]
}

impl Project {
    fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Nothing => {}
            Edit::File(at, content) => self.files[*at] = content.clone(),
            Edit::Step(at, step) => self.steps[*at] = step.clone(),
            Edit::Strict(at) => self.steps[*at].strict ^= true,
            Edit::Declare(at, file) => self.steps[*at].declared[*file] ^= true,
            Edit::Need(at, other) => self.steps[*at].needs[*other] ^= true,
            Edit::Variable(value) => self.variable = *value,
        }
    }

    fn write(&self, source: &Path) {
        for entry in std::fs::read_dir(source).unwrap() {
            let path = entry.unwrap().path();
            let gone = std::fs::remove_file(&path).or_else(|_| std::fs::remove_dir_all(&path));
            gone.unwrap();
        }
        for (path, content) in FILES.iter().zip(&self.files) {
            let path = source.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            match content {
                Content::Nothing => {}
                Content::File { text, executable } => {
                    std::fs::write(&path, format!("text {text}\n")).unwrap();
                    let mode = if *executable { 0o755 } else { 0o644 };
                    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
                }
                // Some of them dangle, or lead to what is not declared.
                Content::Link(number) => {
                    symlink(["a", "d/c"][usize::from(*number)], &path).unwrap()
                }
            }
        }
    }

    fn config(&self) -> Value {
        let steps: Vec<Value> = (0..STEPS).map(|at| self.step(at)).collect();
        json!({"version": "1", "steps": steps, "env": {"SHARED": self.variable.to_string()}})
    }

    fn step(&self, at: usize) -> Value {
        let step = &self.steps[at];
        let needs: Vec<usize> = (0..at).filter(|other| step.needs[*other]).collect();
        let mut inputs: Vec<String> = (0..DECLARABLE)
            // A link's target would have to be declared as well.
            .filter(|file| {
                step.declared[*file] && matches!(self.files[*file], Content::File { .. })
            })
            .map(|file| FILES[file].to_owned())
            .collect();
        inputs.extend(needs.iter().map(|other| format!("p{other}")));
        let mut run = format!("exec 3> p{at}; mkdir o{at}; ");
        if step.constant {
            run += "echo constant >&3; ";
        } else {
            run += "for f in a b d/c d/e/f p0 p1 p2 o0/data o1/data o1/stale o2/link; do ";
            run += &format!(
                "test $f = p{at} || cat $f >&3 2>&1 || true; done; echo \"$SHARED $OWN\" >&3; "
            );
        }
        if step.lists {
            run +=
                &format!("find . ! -type d ! -name p{at} -printf '%P %m %T@ %l\\n' | sort >&3; ");
        }
        run += &format!("cp p{at} o{at}/data; ");
        if step.executable {
            run += &format!("chmod +x o{at}/data; ");
        }
        if step.links {
            run += &format!("ln -s data o{at}/link; ");
        }
        if step.speaks {
            run += &format!("cat p{at}; echo careful >&2; ");
        }
        if step.fails {
            run += "exit 3";
        }
        let env = step.variable.map(|value| json!({"OWN": value.to_string()}));
        json!({
            "name": format!("s{at}"), "run": run, "inputs": inputs, "env": env,
            "outputs": [format!("p{at}"), format!("o{at}")],
            "needs": needs.iter().map(|other| format!("s{other}")).collect::<Vec<_>>(),
            "strict_inputs": step.strict, "cache": step.cache,
        })
    }
}

/// All that a run left, without what may differ.
fn outcome(shop: &Shop, run: &Run) -> Value {
    let mut receipt = run.receipt.clone();
    if let Some(body) = receipt.as_object_mut() {
        for field in ["timestamp", "total_duration_secs", "signature"] {
            assert!(body.remove(field).is_some(), "{field}");
        }
        let provenance = body["provenance"].as_object_mut().unwrap();
        for field in ["invocation_id", "started_at"] {
            assert!(provenance.remove(field).is_some(), "{field}");
        }
        for step in body["steps"].as_array_mut().unwrap() {
            for field in ["duration_secs", "cache_hit"] {
                assert!(
                    step.as_object_mut().unwrap().remove(field).is_some(),
                    "{field}"
                );
            }
        }
    }
    let artifacts = shop
        .server()
        .get(&format!("/v1/executions/{}/artifacts", run.id()));
    let logs: Vec<Value> = (0..STEPS)
        .map(|at| log(shop, run, &format!("s{at}")))
        .collect();
    json!({
        "status": run.status(), "exit_code": run.execution["exit_code"],
        "reason": run.execution["failure"]["reason"],
        "receipt": receipt, "artifacts": artifacts, "logs": logs,
    })
}

/// By stream: which of two streams a line came from first is chance.
fn log(shop: &Shop, run: &Run, step: &str) -> Value {
    let lines = shop.log(run, step);
    let of = |stream: &str| -> Vec<&str> {
        lines
            .iter()
            .filter(|(from, text)| from == stream && !text.starts_with("cached: from "))
            .map(|(_, text)| text.as_str())
            .collect()
    };
    json!([of("stdout"), of("stderr")])
}

#[test]
fn with_and_without_the_cache_a_run_leaves_the_same() {
    let shop = Shop::new(&[]);
    let mut runner = TestRunner::new(Config {
        cases: 20,
        max_shrink_iters: 40,
        failure_persistence: None,
        ..Config::default()
    });
    let served = std::cell::Cell::new(0);
    let cases = (project(), proptest::collection::vec(edit(), 1..5));
    let law = runner.run(&cases, |(mut project, edits)| {
        // The last run has nothing new to see.
        let edits = [Edit::Nothing]
            .into_iter()
            .chain(edits)
            .chain([Edit::Nothing]);
        for edit in edits {
            project.edit(&edit);
            project.write(shop.source.path());
            let made = shop.server().post(
                "/v1/pipelines",
                &json!({"name": "p", "config": project.config()}),
            );
            let pipeline = made["id"].as_str().unwrap();
            let without = json!({"options": {"cache": false}});
            let ids = [json!({}), without].map(|request| shop.server().execute(pipeline, &request));
            let [with, without] = ids.map(|id| shop.finished(&id));
            prop_assert!(without.hits().is_empty());
            prop_assert_eq!(
                serde_json::to_string_pretty(&outcome(&shop, &with)).unwrap(),
                serde_json::to_string_pretty(&outcome(&shop, &without)).unwrap(),
                "after {:?}, served: {:?}",
                edit,
                with.hits()
            );
            served.set(served.get() + with.hits().len());
        }
        Ok(())
    });
    if let Err(broken) = law {
        panic!("{broken}");
    }
    assert!(served.get() > 20, "only {} steps were served", served.get());
    eprintln!("{} steps were served", served.get());
}
