//! Laws of declared paths and globs, over a small tree of files that an input describes.
//!
//! An input is lines: `f PATH` is a file, `l PATH TARGET` a link, `d PATH` a declared path, `g PATTERN` a declared input
//! that may be a glob. Whatever has no place in a workspace is not made.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use attest_core::digest::Digest;
use attest_core::manifest::{self, Kind, Manifest};
use attest_core::pipeline::{Definition, Entry, Form, Listing, NamedStep, Step};

/// Most entries and declarations of one input: the time of each counts.
const MOST: usize = 24;

/// What an input describes.
#[derive(Default)]
pub struct Case<'a> {
    files: BTreeSet<&'a str>,
    links: BTreeMap<&'a str, &'a str>,
    declared: Vec<String>,
    globs: Vec<String>,
}

impl<'a> Case<'a> {
    /// Reads an input.
    pub fn read(text: &'a str) -> Self {
        let mut case = Self::default();
        for line in text.lines().take(MOST) {
            match line.split_once(' ') {
                Some(("f", path)) if is_plain(path) && case.is_free(path) => {
                    case.files.insert(path);
                }
                Some(("l", rest)) => match rest.split_once(' ') {
                    Some((path, target))
                        if is_plain(path) && case.is_free(path) && is_target(target) =>
                    {
                        case.links.insert(path, target);
                    }
                    _ => {}
                },
                Some(("d", path)) => case.declared.push(path.to_owned()),
                Some(("g", pattern)) => case.globs.push(pattern.to_owned()),
                _ => {}
            }
        }
        case
    }

    /// Whether a path can be made beside what is there: no file or link above or below it, nor at it.
    fn is_free(&self, path: &str) -> bool {
        let taken = self.files.iter().chain(self.links.keys());
        taken
            .copied()
            .all(|other| other != path && !is_under(other, path) && !is_under(path, other))
    }

    /// Holds the manifests of the declared paths to their laws.
    pub fn manifests(&self) {
        if self.declared.is_empty() {
            return;
        }
        let folder = tempfile::tempdir().expect("a folder to work in");
        let workspace = folder.path().join("workspace");
        self.make(&workspace);
        let declared = &self.declared;
        let mut turned = declared.clone();
        turned.reverse();
        turned.extend_from_within(..);
        match manifest::hash_outputs(&workspace, declared) {
            Ok(found) => {
                self.well_formed(&found);
                assert_eq!(
                    manifest::hash_outputs(&workspace, &turned).ok().as_ref(),
                    Some(&found),
                    "order and repetition count"
                );
                assert_eq!(manifest::changed(&workspace, &found).ok(), Some(vec![]));
                let input =
                    manifest::hash_inputs(&workspace, "run", declared).expect("the same files");
                assert_eq!(input.lines, found.lines);
                assert_ne!(input.digest(), found.digest());
                assert_eq!(Digest::of(found.text().as_bytes()), found.digest());
            }
            Err(_) => assert!(manifest::hash_outputs(&workspace, &turned).is_err()),
        }
        if self.links.is_empty() {
            self.as_the_model(&workspace);
        }
    }

    /// Files in folders that are no links, then the links: nothing is made through one.
    fn make(&self, workspace: &Path) {
        fs::create_dir(workspace).expect("a new folder");
        let at = |path: &str| {
            let at = workspace.join(path);
            fs::create_dir_all(at.parent().expect("it has one")).ok()?;
            Some(at)
        };
        for path in &self.files {
            // A name that is too long for the system is not made.
            let _ = at(path).map(|at| fs::write(at, path));
        }
        for (path, target) in &self.links {
            let _ = at(path).map(|at| std::os::unix::fs::symlink(target, at));
        }
    }

    /// Each line is one of the tree's files or links, in order, in its normal form, once.
    fn well_formed(&self, found: &Manifest) {
        assert!(
            found
                .lines
                .is_sorted_by(|a, b| a.path.as_bytes() < b.path.as_bytes())
        );
        for line in &found.lines {
            assert!(
                is_plain(&line.path) && !line.path.chars().any(char::is_control),
                "{:?}",
                line.path
            );
            match line.kind {
                // Below a link to a directory the file is another one.
                Kind::File if self.files.contains(line.path.as_str()) => {
                    assert_eq!(line.digest, Digest::of(line.path.as_bytes()));
                }
                Kind::File => assert!(
                    self.links.keys().any(|link| is_under(&line.path, link)),
                    "{:?}",
                    line.path
                ),
                Kind::Symlink => {
                    if let Some(target) = self.links.get(line.path.as_str()) {
                        assert_eq!(line.digest, Digest::of(target.as_bytes()));
                        assert!(
                            !target.starts_with('/'),
                            "a link out of the workspace: {target:?}"
                        );
                    }
                }
            }
        }
    }

    /// Without links and `..` the manifest is known without a file system.
    fn as_the_model(&self, workspace: &Path) {
        let made: BTreeSet<&str> = self
            .files
            .iter()
            .copied()
            .filter(|path| workspace.join(path).is_file())
            .collect();
        for declared in &self.declared {
            if declared.starts_with('/')
                || declared.contains('\0')
                || declared.split('/').any(|part| part == "..")
            {
                continue;
            }
            let normal = normal(declared);
            let wants_directory =
                declared.ends_with('/') || declared.ends_with("/.") || normal.is_empty();
            let expected: Vec<&str> = made
                .iter()
                .copied()
                .filter(|path| {
                    normal.is_empty()
                        || is_under(path, &normal)
                        || (!wants_directory && **path == normal)
                })
                .collect();
            let found = manifest::hash_outputs(workspace, std::slice::from_ref(declared));
            match found {
                Ok(found) => {
                    let found: Vec<&str> =
                        found.lines.iter().map(|line| line.path.as_str()).collect();
                    assert_eq!(found, expected, "{declared:?}");
                }
                Err(error) => assert!(
                    expected.is_empty()
                        || expected
                            .iter()
                            .any(|path| path.chars().any(char::is_control)),
                    "{declared:?}: {error}"
                ),
            }
        }
    }

    /// Holds the expansion of the globs to its laws.
    pub fn globs(&self) {
        if self.globs.is_empty() {
            return;
        }
        let definition = definition(self.globs.clone());
        let Ok(expanded) = definition.expand(self) else {
            return;
        };
        let inputs = expanded.steps[0].step.inputs.clone();
        for input in &inputs {
            assert!(
                self.globs.contains(input)
                    || self
                        .entry(input)
                        .is_some_and(|entry| entry != Entry::Directory),
                "{input:?} was neither declared nor is it there"
            );
        }
        let again = expanded
            .expand(self)
            .expect("what was expanded can be again");
        assert_eq!(again.steps[0].step.inputs, inputs, "expanded twice");
        // Each glob alone gives the same, in the order of the list, less what is listed elsewhere.
        let mut all: BTreeSet<String> = BTreeSet::new();
        for glob in &self.globs {
            let alone = crate::paths::definition(vec![glob.clone()])
                .expand(self)
                .expect("one of the list");
            let alone = &alone.steps[0].step.inputs;
            assert!(
                alone == std::slice::from_ref(glob) || alone.is_sorted(),
                "{alone:?}"
            );
            all.extend(alone.iter().map(|path| normal(path)));
        }
        assert_eq!(all, inputs.iter().map(|path| normal(path)).collect());
    }
}

/// The tree as a source, without a file system.
impl Listing for Case<'_> {
    fn entry(&self, path: &str) -> Option<Entry> {
        if self.files.contains(path) {
            return Some(Entry::File);
        }
        match self.links.get(path) {
            Some(target) => Some(Entry::Symlink((*target).to_owned())),
            None => self.under(path).next().map(|_| Entry::Directory),
        }
    }

    fn under(&self, directory: &str) -> impl Iterator<Item = &str> {
        let all: BTreeSet<&str> = self
            .files
            .iter()
            .chain(self.links.keys())
            .copied()
            .collect();
        all.into_iter()
            .filter(move |path| directory.is_empty() || is_under(path, directory))
    }

    fn left_out(&self, _: &str) -> Option<String> {
        None
    }
}

fn definition(inputs: Vec<String>) -> Definition {
    let step = Step {
        run: "true".to_owned(),
        inputs,
        ..Step::default()
    };
    Definition {
        form: Form::List,
        schema_version: None,
        version: "1".to_owned(),
        name: None,
        steps: vec![NamedStep {
            name: "step".to_owned(),
            step,
            network: None,
            strict_inputs: None,
        }],
        env: BTreeMap::new(),
        attestation: Default::default(),
        network: None,
        strict_inputs: None,
    }
}

/// A relative path in its normal form, which stays where it is.
fn is_plain(path: &str) -> bool {
    !path.is_empty()
        && !path.contains('\0')
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn is_target(target: &str) -> bool {
    !target.is_empty() && !target.contains('\0')
}

fn is_under(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory)
        .is_some_and(|rest| rest.starts_with('/'))
}

fn normal(path: &str) -> String {
    path.split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect::<Vec<_>>()
        .join("/")
}
