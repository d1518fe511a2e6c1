//! The canonical text of a pipeline: block YAML with one spelling for everything.
//!
//! Written by rules of our own rather than by a YAML library, because a digit of difference is another hash. The
//! tests let the library that the format was defined with judge every rule.

mod block;
mod scalar;

use super::model::{Attestation, Pipeline, Step, StepAttestation};
use crate::digest::Digest;
use block::Value;

impl Pipeline {
    /// The text that is hashed; itself a valid pipeline file, and its own canonical text.
    #[must_use]
    pub fn canonical_text(&self) -> String {
        of(self)
    }

    /// BLAKE3 of the canonical text: `pipeline_hash`.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(self.canonical_text().as_bytes())
    }
}

/// The canonical text of `pipeline`.
fn of(pipeline: &Pipeline) -> String {
    let mut fields = Vec::with_capacity(6);
    if let Some(version) = pipeline.schema_version {
        fields.push(("schema_version", Value::Number(version.into())));
    }
    let steps = pipeline
        .steps
        .iter()
        .map(|(name, step)| (name.as_str(), fields_of(step)))
        .collect();
    fields.extend([
        ("version", Value::Text(&pipeline.version)),
        ("name", optional(pipeline.name.as_deref(), Value::Text)),
        ("steps", Value::Map(steps)),
        ("env", texts(&pipeline.env)),
        ("attestation", settings(&pipeline.attestation)),
    ]);
    block::write(&fields)
}

fn fields_of(step: &Step) -> Value<'_> {
    Value::Map(vec![
        ("run", Value::Text(&step.run)),
        ("inputs", Value::List(&step.inputs)),
        ("outputs", Value::List(&step.outputs)),
        ("needs", optional(step.needs.as_deref(), Value::List)),
        ("env", optional(step.env.as_ref(), texts)),
        (
            "working_dir",
            optional(step.working_dir.as_deref(), Value::Text),
        ),
        ("image", optional(step.image.as_deref(), Value::Text)),
        ("capsule", optional(step.capsule.as_deref(), Value::Text)),
        ("cache", Value::Bool(step.cache)),
        ("timeout_secs", optional(step.timeout_secs, Value::Number)),
        (
            "attestation",
            optional(step.attestation.as_ref(), step_settings),
        ),
    ])
}

fn settings(attestation: &Attestation) -> Value<'_> {
    Value::Map(vec![
        ("sign_all_steps", Value::Bool(attestation.sign_all_steps)),
        (
            "verify_dependencies",
            Value::Bool(attestation.verify_dependencies),
        ),
        (
            "require_reproducible",
            Value::Bool(attestation.require_reproducible),
        ),
    ])
}

fn step_settings(attestation: &StepAttestation) -> Value<'_> {
    Value::Map(vec![
        ("type", Value::Text(&attestation.kind)),
        ("reproducible", Value::Bool(attestation.reproducible)),
        ("generate_slsa", Value::Bool(attestation.generate_slsa)),
        ("verify_chain", Value::Bool(attestation.verify_chain)),
    ])
}

fn texts(map: &std::collections::BTreeMap<String, String>) -> Value<'_> {
    Value::Map(
        map.iter()
            .map(|(key, text)| (key.as_str(), Value::Text(text)))
            .collect(),
    )
}

fn optional<'a, T>(value: Option<T>, some: impl Fn(T) -> Value<'a>) -> Value<'a> {
    value.map_or(Value::Null, some)
}
