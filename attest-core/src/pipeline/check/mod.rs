//! Whether a pipeline can be run: every problem at once, before anything is stored or started.

mod cycle;
mod names;
pub(super) mod outputs;

use super::definition::Definition;
use super::error::{Found, Problems};
use super::model::Attestation;
use super::{error, field, path};
use crate::pipeline::model::Step;

pub(super) use cycle::circles;
pub(super) use names::environment as environment_names;

/// Most steps in a pipeline: what is needed through others is worked out for each step.
const MOST_STEPS: usize = 1000;

/// Bytes of a path that are quoted, at most.
const QUOTED: usize = 1000;

/// Newest version of the file format that is understood.
const SCHEMA_VERSION: u32 = 1;

impl Definition {
    /// Every reason why this cannot be run.
    ///
    /// What needs a source (whether inputs exist) is asked of [`Definition::check_inputs`].
    ///
    /// # Errors
    /// [`Problems`], all of them at once.
    pub fn check(&self) -> Result<(), Problems> {
        let mut found = Found::default();
        self.check_into(&mut found);
        found.into_result()
    }

    pub(super) fn check_into(&self, found: &mut Found) {
        if self
            .schema_version
            .is_some_and(|version| version > SCHEMA_VERSION)
        {
            found.add("schema_version", format!("this version reads files up to {SCHEMA_VERSION}; upgrade, or write {SCHEMA_VERSION}"));
        }
        if self.version.trim().is_empty() {
            found.add(
                "version",
                "a version is needed: any text that is not blank, such as \"1\"",
            );
        }
        if self
            .name
            .as_ref()
            .is_some_and(|name| name.trim().is_empty() || name.chars().any(char::is_control))
        {
            found.add(
                "name",
                "a name cannot be blank or hold control characters; leave it out or give another",
            );
        }
        names::environment("env", &self.env, found);
        if self.attestation != Attestation::default() {
            found.add("attestation", "is not supported; leave it out");
        }
        if self.steps.is_empty() {
            found.add("steps", "a pipeline needs at least one step");
        }
        if self.steps.len() > MOST_STEPS {
            found.add(
                "steps",
                format!(
                    "a pipeline has at most {MOST_STEPS} steps, this one has {}",
                    self.steps.len()
                ),
            );
        }
        names::steps(self, found);
        for (index, named) in self.steps.iter().enumerate() {
            check_step(&self.place(index), &named.step, found);
        }
        names::needs(self, found);
        cycle::report(self, found);
        outputs::between_steps(self, found);
    }
}

fn check_step(place: &str, step: &Step, found: &mut Found) {
    let at = |key: &str| field::of_key(place, key);
    let refused =
        |path: &str, issue: &str| format!("{:?}: {issue}", error::cut(path.to_owned(), QUOTED));
    if step.run.trim().is_empty() {
        found.add(at("run"), "Command cannot be empty");
    } else if step.run.contains('\0') {
        found.add(at("run"), "a command cannot hold the character NUL");
    }
    for (key, paths) in [("inputs", &step.inputs), ("outputs", &step.outputs)] {
        for (index, path) in paths.iter().enumerate() {
            if let Some(issue) = path::issue(path) {
                found.add(field::of_index(&at(key), index), refused(path, issue));
            } else if key == "outputs" && path::normal(path).is_empty() {
                let issue = "the whole workspace cannot be an output; declare what the step writes";
                found.add(field::of_index(&at(key), index), refused(path, issue));
            }
        }
    }
    outputs::against_inputs(place, step, found);
    if let Some(env) = &step.env {
        names::environment(&at("env"), env, found);
    }
    if let Some(directory) = &step.working_dir
        && let Some(issue) = path::issue(directory)
    {
        found.add(at("working_dir"), refused(directory, issue));
    }
    if step.timeout_secs == Some(0) {
        found.add(
            at("timeout_secs"),
            "a step needs at least 1 second; leave it out for no limit",
        );
    }
    for (key, given) in [
        ("image", step.image.is_some()),
        ("capsule", step.capsule.is_some()),
        ("attestation", step.attestation.is_some()),
    ] {
        if given {
            found.add(at(key), "is not supported; leave it out");
        }
    }
}
