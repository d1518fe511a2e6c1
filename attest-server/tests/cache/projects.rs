//! Random projects, random edits to them, and the steps they come to: each looks at whatever it can reach, declared or not.
#![allow(unreachable_pub)] // as in any test program

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

/// Files of the source. The last two lie where steps 0 and 1 write: such a file is not what the step left.
const FILES: [&str; 6] = ["a", "b", "d/c", "d/e/f", "p0", "o1/stale"];
/// Those that may be declared as inputs.
const DECLARABLE: usize = 4;
pub const STEPS: usize = 4;

/// What lies at a path of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Nothing,
    File { text: u8, executable: bool },
    Link(u8),
}

#[derive(Clone, Debug)]
pub struct Step {
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
    /// Whether it also declares a directory that it leaves empty, but for a directory.
    empty: bool,
    /// Whether it declares all that is in a directory, whatever that is.
    globs: bool,
    /// Whether what it writes depends on what it reads.
    constant: bool,
    speaks: bool,
    fails: bool,
}

#[derive(Clone, Debug)]
pub struct Project {
    files: [Content; FILES.len()],
    steps: [Step; STEPS],
    variable: u8,
}

#[derive(Clone, Debug)]
pub enum Edit {
    Nothing,
    File(usize, Content),
    /// A file's executable bit alone.
    Mode(usize),
    Step(usize, Step),
    Strict(usize),
    Declare(usize, usize),
    Need(usize, usize),
    Variable(u8),
    /// A stored output of the last run, by number, gets another byte.
    Damage(usize),
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
                (lists, executable, links, empty, globs, constant, speaks, fails),
            )| Step {
                declared,
                needs,
                strict,
                cache,
                variable,
                lists,
                executable,
                links,
                empty,
                globs,
                constant,
                speaks,
                fails,
            },
        )
}

pub fn project() -> impl Strategy<Value = Project> {
    let files = proptest::array::uniform(content());
    let steps = proptest::array::uniform(step());
    (files, steps, 0..2_u8).prop_map(|(files, steps, variable)| Project {
        files,
        steps,
        variable,
    })
}

pub fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        Just(Edit::Nothing),
        (0..FILES.len(), content()).prop_map(|(at, content)| Edit::File(at, content)),
        (0..FILES.len(), content()).prop_map(|(at, content)| Edit::File(at, content)),
        (0..FILES.len()).prop_map(Edit::Mode),
        (0..STEPS, step()).prop_map(|(at, step)| Edit::Step(at, step)),
        (0..STEPS).prop_map(Edit::Strict),
        (0..STEPS, 0..DECLARABLE).prop_map(|(at, file)| Edit::Declare(at, file)),
        (0..STEPS, 0..STEPS).prop_map(|(at, other)| Edit::Need(at, other)),
        (0..2_u8).prop_map(Edit::Variable),
        (0..100_usize).prop_map(Edit::Damage),
        (0..100_usize).prop_map(Edit::Damage),
    ]
}

impl Project {
    pub fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Nothing | Edit::Damage(_) => {}
            Edit::Mode(at) => {
                if let Content::File { executable, .. } = &mut self.files[*at] {
                    *executable ^= true;
                }
            }
            Edit::File(at, content) => self.files[*at] = content.clone(),
            Edit::Step(at, step) => self.steps[*at] = step.clone(),
            Edit::Strict(at) => self.steps[*at].strict ^= true,
            Edit::Declare(at, file) => self.steps[*at].declared[*file] ^= true,
            Edit::Need(at, other) => self.steps[*at].needs[*other] ^= true,
            Edit::Variable(value) => self.variable = *value,
        }
    }

    pub fn write(&self, source: &Path) {
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

    pub fn config(&self) -> Value {
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
        let below: Vec<&Content> = (0..DECLARABLE)
            .filter(|file| FILES[*file].starts_with("d/"))
            .map(|file| &self.files[file])
            .collect();
        let is = |kind: fn(&Content) -> bool| below.iter().any(|content| kind(content));
        if step.globs
            && is(|content| matches!(content, Content::File { .. }))
            && !is(|content| matches!(content, Content::Link(_)))
        {
            inputs.push("d/**".to_owned());
        }
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
        let mut outputs = vec![format!("p{at}"), format!("o{at}")];
        if step.empty {
            run += &format!("mkdir -p e{at}/dropped; ");
            outputs.push(format!("e{at}"));
        }
        if step.lists {
            // Directories are as old as the view.
            run += "find . -type d -printf '%P/ %m\\n' | sort >&3; ";
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
            "outputs": outputs,
            "needs": needs.iter().map(|other| format!("s{other}")).collect::<Vec<_>>(),
            "strict_inputs": step.strict, "cache": step.cache,
        })
    }
}
