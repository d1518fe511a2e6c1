//! The check `consistency`: what stands in the fields makes sense. Also the gate before signing.

use std::fmt;

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
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    let mut pairs = names.iter().zip(names.iter().skip(1));
    match pairs.find(|(one, next)| one == next) {
        None => Ok(()),
        Some((name, _)) => {
            let detail = format!("{list} has the step {name:?} twice");
            Err(Fault::new(code::DUPLICATE_STEP, detail))
        }
    }
}

/// Where a digest stands, for the message.
enum Place<'a> {
    Top(&'static str),
    Step(&'a str, &'static str),
    Command(&'a str),
    Artifact(&'a str),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top(field) => f.write_str(field),
            Self::Step(name, field) => write!(f, "step {name:?}: {field}"),
            Self::Command(step) => write!(f, "provenance, step {step:?}: command_hash"),
            Self::Artifact(path) => write!(f, "artifact {path:?}: digest"),
        }
    }
}

fn digests(body: &Body) -> impl Iterator<Item = (Place<'_>, &Spelled<Digest>)> {
    let pipeline = (Place::Top("pipeline_hash"), &body.pipeline_hash);
    let chain = body.causal_chain_hash.iter();
    let chain = chain.map(|digest| (Place::Top("causal_chain_hash"), digest));
    let steps = body.steps.iter().flat_map(|step| {
        let at = |field| Place::Step(&step.name, field);
        [
            (at("input_hash"), &step.input_hash),
            (at("output_hash"), &step.output_hash),
        ]
        .into_iter()
        .chain(
            step.capsule_hash
                .iter()
                .map(move |digest| (at("capsule_hash"), digest)),
        )
    });
    let provenance = body.provenance.iter().flat_map(|provenance| {
        let commands = provenance.steps.iter();
        let commands = commands.map(|step| (Place::Command(&step.name), &step.command_hash));
        let artifacts = provenance.artifacts.iter();
        commands.chain(artifacts.map(|it| (Place::Artifact(&it.path), &it.digest)))
    });
    std::iter::once(pipeline)
        .chain(chain)
        .chain(steps)
        .chain(provenance)
}
