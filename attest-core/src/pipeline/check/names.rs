//! Names: of steps, of the steps they need, and of environment variables.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::pipeline::definition::{Definition, Form};
use crate::pipeline::error::Found;
use crate::pipeline::field;

/// Most characters in a step's name.
const LONGEST: usize = 64;

/// Unique, and of characters that are safe in paths, logs and shells.
pub(in crate::pipeline) fn steps(definition: &Definition, found: &mut Found) {
    let mut first = HashMap::new();
    for (index, step) in definition.steps.iter().enumerate() {
        let place = definition.place(index);
        let at = match definition.form {
            Form::List => field::of_key(&place, "name"),
            Form::Map => place.clone(),
        };
        if step.name.is_empty() {
            found.add(&at, "a step needs a name");
            continue;
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        if step.name.len() > LONGEST || !step.name.chars().all(fits) {
            found.add(
                &at,
                format!("a step's name has 1 to {LONGEST} characters of A-Z a-z 0-9 _ . -"),
            );
        }
        if let Some(earlier) = first.get(step.name.as_str()) {
            found.add(
                &at,
                format!(
                    "{earlier} is called {:?} too; give each step its own name",
                    step.name
                ),
            );
        } else {
            first.insert(step.name.as_str(), place);
        }
    }
}

/// Every needed step exists, and is another one. (A circle of several steps is reported as such.)
pub(in crate::pipeline) fn needs(definition: &Definition, found: &mut Found) {
    let known: HashSet<&str> = definition
        .steps
        .iter()
        .map(|step| step.name.as_str())
        .collect();
    for (index, step) in definition.steps.iter().enumerate() {
        for (position, need) in step.step.needs().iter().enumerate() {
            if !known.contains(need.as_str()) {
                let at =
                    field::of_index(&field::of_key(&definition.place(index), "needs"), position);
                found.add(at, format!("there is no step called {need:?}"));
            }
        }
    }
}

/// Names that a step's environment may have, and values that it can have.
pub(in crate::pipeline) fn environment(
    place: &str,
    env: &BTreeMap<String, String>,
    found: &mut Found,
) {
    for (name, value) in env {
        let at = || field::of_key(place, name);
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty()
            || name.starts_with(|c: char| c.is_ascii_digit())
            || !name.chars().all(fits)
        {
            found.add(
                at(),
                "an environment variable's name has letters, digits and _, and no digit first",
            );
        } else if name.starts_with("ATTEST_") || name == "HOME" || name == "TMPDIR" {
            found.add(at(), format!("{name} is set for each step by the server (ATTEST_*, HOME, TMPDIR); use another name"));
        }
        if value.contains('\0') {
            found.add(at(), "a value cannot hold the character NUL");
        }
    }
}
