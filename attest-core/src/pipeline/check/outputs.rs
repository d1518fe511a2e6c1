//! Outputs: each file has one writer, and no step overwrites what it reads.

use std::collections::BTreeMap;

use crate::pipeline::definition::Definition;
use crate::pipeline::error::Found;
use crate::pipeline::field;
use crate::pipeline::model::Step;
use crate::pipeline::path::{self, Claim};

fn claims<'a>(owner: usize, of: &'a str, paths: &[String]) -> impl Iterator<Item = Claim<'a>> {
    // What is no valid path is reported as such, once.
    let valid = paths
        .iter()
        .enumerate()
        .filter(|(_, path)| path::issue(path).is_none());
    valid.map(move |(index, path)| Claim {
        path: path::normal(path),
        owner,
        of,
        index,
    })
}

/// No output of a step is equal to, inside or over one of its inputs.
pub(in crate::pipeline) fn against_inputs(place: &str, step: &Step, found: &mut Found) {
    let mut all: Vec<_> = claims(0, "inputs", &step.inputs)
        .chain(claims(1, "outputs", &step.outputs))
        .collect();
    let mut clashes = BTreeMap::new();
    for (inner, outer) in path::overlaps(&mut all) {
        let (output, input) = if inner.of == "outputs" {
            (inner, outer)
        } else {
            (outer, inner)
        };
        // One clash an output is enough: a directory may lie over thousands of inputs.
        clashes.entry(output.index).or_insert(input.index);
    }
    for (output, input) in clashes {
        let (Some(output_path), Some(input_path)) =
            (step.outputs.get(output), step.inputs.get(input))
        else {
            continue;
        };
        let (o, i) = (path::normal(output_path), path::normal(input_path));
        let relation = if o == i {
            "is"
        } else if path::is_in(&o, &i) {
            "lies in"
        } else {
            "lies over"
        };
        let at = field::of_index(&field::of_key(place, "outputs"), output);
        found.add(at, format!("{output_path:?} {relation} the input {input_path:?} of the same step; a step cannot write what it reads"));
    }
}

/// No two steps write the same place.
pub(in crate::pipeline) fn between_steps(definition: &Definition, found: &mut Found) {
    let mut all: Vec<_> = definition
        .steps
        .iter()
        .enumerate()
        .flat_map(|(owner, step)| claims(owner, &step.name, &step.step.outputs))
        .collect();
    let mut clashes: Vec<_> = path::overlaps(&mut all);
    clashes.sort_by_key(|(inner, _)| (inner.owner, inner.index));
    for (inner, outer) in clashes {
        let spelled = |claim: &Claim<'_>| {
            let step = definition.steps.get(claim.owner);
            step.and_then(|step| step.step.outputs.get(claim.index))
                .cloned()
                .unwrap_or_default()
        };
        let at = field::of_index(
            &field::of_key(&definition.place(inner.owner), "outputs"),
            inner.index,
        );
        let issue = format!(
            "{:?} overlaps {:?}, an output of step {:?}; each path has one writer",
            spelled(inner),
            spelled(outer),
            outer.of
        );
        found.add(at, issue);
    }
}
