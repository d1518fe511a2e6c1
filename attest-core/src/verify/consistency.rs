//! The check `consistency`: what stands in the fields makes sense. Also the gate before signing.

use std::collections::HashSet;

use super::{Fault, code};
use crate::digest::Digest;
use crate::receipt::{Body, Spelled};

/// The first fault of a body.
pub(crate) fn check(body: &Body) -> Result<(), Fault> {
    for (place, digest) in digests(body) {
        if let Spelled::Malformed(text) = digest {
            let head: String = text.chars().take(80).collect();
            let detail = format!(
                "{place} is not a digest of 64 lower-case hex digits in the document's rendering: {head:?}"
            );
            return Err(Fault::new(code::DIGEST_MALFORMED, detail));
        }
    }
    if body.attest_version.is_empty() {
        return Err(Fault::new(code::VERSION_EMPTY, "attest_version is empty"));
    }
    if body.steps.is_empty() {
        return Err(Fault::new(code::NO_STEPS, "the receipt has no steps"));
    }
    unique("steps", body.steps.iter().map(|s| s.name.as_str()))?;
    let planned = body.provenance.iter().flat_map(|p| &p.steps);
    unique("provenance.steps", planned.map(|s| s.name.as_str()))
}

fn unique<'a>(list: &str, names: impl Iterator<Item = &'a str>) -> Result<(), Fault> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(Fault::new(
                code::DUPLICATE_STEP,
                format!("{list} has the step {name:?} twice"),
            ));
        }
    }
    Ok(())
}

fn digests(body: &Body) -> impl Iterator<Item = (String, &Spelled<Digest>)> {
    let top = std::iter::once(("pipeline_hash".to_owned(), &body.pipeline_hash)).chain(
        body.causal_chain_hash
            .iter()
            .map(|d| ("causal_chain_hash".to_owned(), d)),
    );
    let steps = body.steps.iter().flat_map(|s| {
        let place = |field| format!("step {:?}: {field}", s.name);
        [
            (place("input_hash"), &s.input_hash),
            (place("output_hash"), &s.output_hash),
        ]
        .into_iter()
        .chain(
            s.capsule_hash
                .iter()
                .map(move |d| (place("capsule_hash"), d)),
        )
    });
    let provenance = body.provenance.iter().flat_map(|p| {
        let commands = p.steps.iter().map(|s| {
            (
                format!("provenance, step {:?}: command_hash", s.name),
                &s.command_hash,
            )
        });
        commands.chain(
            p.artifacts
                .iter()
                .map(|a| (format!("artifact {:?}: digest", a.path), &a.digest)),
        )
    });
    top.chain(steps).chain(provenance)
}
