//! Every field of a receipt in signing order, for a serializer: what the canonical bytes and all written forms have in
//! common. What is absent without a trace is left out; the rest of the absent is null.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::model::{
    Artifact, Body, Ci, Control, Execution, Isolation, PlannedStep, Provenance, Reproducibility,
    Source, Spelled, Step,
};
use super::{Rendering, Seal};
use crate::digest::Digest;
use crate::key::{EncodedKey, Signature};

/// A receipt as it is written: its steps and events in signed order, whatever order the body has them in.
pub(super) struct Document<'a> {
    body: &'a Body,
    seal: &'a Seal,
    form: Rendering,
    steps: Vec<In<'a, Step>>,
    events: Vec<&'a str>,
}

impl<'a> Document<'a> {
    pub(super) fn of(body: &'a Body, seal: &'a Seal, form: Rendering) -> Self {
        let mut steps: Vec<_> = body.steps.iter().map(|step| In(step, form)).collect();
        steps.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        let mut events: Vec<_> = body.causal_events.iter().map(String::as_str).collect();
        events.sort_unstable();
        Self {
            body,
            seal,
            form,
            steps,
            events,
        }
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (body, seal, form) = (self.body, self.seal, self.form);
        let mut map = serializer.serialize_struct("Receipt", 14)?;
        if let Some(version) = body.schema_version {
            map.serialize_field("schema_version", &version)?;
        }
        map.serialize_field("pipeline_hash", &In(&body.pipeline_hash, form))?;
        map.serialize_field("steps", &self.steps)?;
        map.serialize_field("timestamp", &Time(&body.timestamp))?;
        map.serialize_field("total_duration_secs", &body.total_duration_secs)?;
        map.serialize_field("signature", &inside(&seal.signature, form))?;
        map.serialize_field("signer_public_key", &inside(&seal.signer_public_key, form))?;
        map.serialize_field("attest_version", &body.attest_version)?;
        map.serialize_field("causal_events", &self.events)?;
        map.serialize_field("causal_chain_hash", &inside(&body.causal_chain_hash, form))?;
        if let Some(reproducibility) = &body.reproducibility {
            map.serialize_field("reproducibility", &In(reproducibility, form))?;
        }
        if let Some(provenance) = &body.provenance {
            map.serialize_field("provenance", &In(provenance, form))?;
        }
        if let Some(token) = &seal.timestamp_token {
            map.serialize_field("timestamp_token", token)?;
        }
        if let Some(isolation) = &body.isolation {
            map.serialize_field("isolation", &In(isolation, form))?;
        }
        map.end()
    }
}

/// A part of a receipt in a rendering.
struct In<'a, T>(&'a T, Rendering);

fn inside<T>(value: &Option<T>, form: Rendering) -> Option<In<'_, T>> {
    value.as_ref().map(|value| In(value, form))
}

/// A list of parts.
struct Each<'a, T>(&'a [T], Rendering);

impl<'a, T> Serialize for Each<'a, T>
where
    In<'a, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|part| In(part, self.1)))
    }
}

impl Serialize for In<'_, Step> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(step, form) = *self;
        let mut map = serializer.serialize_struct("Step", 9)?;
        map.serialize_field("name", &step.name)?;
        map.serialize_field("input_hash", &In(&step.input_hash, form))?;
        map.serialize_field("output_hash", &In(&step.output_hash, form))?;
        map.serialize_field("duration_secs", &step.duration_secs)?;
        map.serialize_field("exit_code", &step.exit_code)?;
        map.serialize_field("cache_hit", &step.cache_hit)?;
        map.serialize_field("stdout", &step.stdout)?;
        map.serialize_field("stderr", &step.stderr)?;
        if let Some(hash) = &step.capsule_hash {
            map.serialize_field("capsule_hash", &In(hash, form))?;
        }
        map.end()
    }
}

impl Serialize for In<'_, Reproducibility> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("Reproducibility", 3)?;
        map.serialize_field("verified", &self.0.verified)?;
        map.serialize_field("runs", &self.0.runs)?;
        map.serialize_field("method", &self.0.method)?;
        map.end()
    }
}

impl Serialize for In<'_, Provenance> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(provenance, form) = *self;
        let mut map = serializer.serialize_struct("Provenance", 10)?;
        map.serialize_field("invocation_id", &provenance.invocation_id)?;
        map.serialize_field("started_at", &provenance.started_at.as_ref().map(Time))?;
        map.serialize_field("pipeline_name", &provenance.pipeline_name)?;
        map.serialize_field("source", &inside(&provenance.source, form))?;
        map.serialize_field("runner_os", &provenance.runner_os)?;
        map.serialize_field("runner_arch", &provenance.runner_arch)?;
        map.serialize_field("ci", &inside(&provenance.ci, form))?;
        map.serialize_field("steps", &Each(&provenance.steps, form))?;
        map.serialize_field("artifacts", &Each(&provenance.artifacts, form))?;
        if let Some(execution) = &provenance.execution {
            map.serialize_field("execution", &In(execution, form))?;
        }
        map.end()
    }
}

impl Serialize for In<'_, Source> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("Source", 4)?;
        map.serialize_field("repository", &self.0.repository)?;
        map.serialize_field("commit", &self.0.commit)?;
        map.serialize_field("branch", &self.0.branch)?;
        map.serialize_field("tracked_dirty", &self.0.tracked_dirty)?;
        map.end()
    }
}

impl Serialize for In<'_, Ci> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("Ci", 3)?;
        map.serialize_field("provider", &self.0.provider)?;
        map.serialize_field("run_id", &self.0.run_id)?;
        map.serialize_field("job_id", &self.0.job_id)?;
        map.end()
    }
}

impl Serialize for In<'_, PlannedStep> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(step, form) = *self;
        let mut map = serializer.serialize_struct("PlannedStep", 5)?;
        map.serialize_field("name", &step.name)?;
        map.serialize_field("needs", &step.needs)?;
        map.serialize_field("command_hash", &In(&step.command_hash, form))?;
        map.serialize_field("inputs", &step.inputs)?;
        map.serialize_field("outputs", &step.outputs)?;
        map.end()
    }
}

impl Serialize for In<'_, Artifact> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(artifact, form) = *self;
        let mut map = serializer.serialize_struct("Artifact", 5)?;
        map.serialize_field("step", &artifact.step)?;
        map.serialize_field("path", &artifact.path)?;
        map.serialize_field("kind", &artifact.kind)?;
        map.serialize_field("digest", &In(&artifact.digest, form))?;
        map.serialize_field("algorithm", &artifact.algorithm)?;
        map.end()
    }
}

impl Serialize for In<'_, Execution> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("Execution", 2)?;
        match self.0 {
            Execution::Native => map.serialize_field("mode", "native")?,
            Execution::Wrapped { command } => {
                map.serialize_field("mode", "wrapped")?;
                map.serialize_field("command", command)?;
            }
        }
        map.end()
    }
}

impl Serialize for In<'_, Isolation> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(isolation, form) = *self;
        let mut map = serializer.serialize_struct("Isolation", 4)?;
        map.serialize_field("mode", isolation.mode.as_str())?;
        map.serialize_field("platform", &isolation.platform)?;
        map.serialize_field("controls", &Each(&isolation.controls, form))?;
        if !isolation.capsule_steps.is_empty() {
            map.serialize_field("capsule_steps", &isolation.capsule_steps)?;
        }
        map.end()
    }
}

impl Serialize for In<'_, Control> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("Control", 3)?;
        map.serialize_field("name", &self.0.name)?;
        map.serialize_field("status", self.0.status.as_str())?;
        map.serialize_field("detail", &self.0.detail)?;
        map.end()
    }
}

impl Serialize for In<'_, Spelled<Digest>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.0, self.1) {
            (Spelled::Valid(digest), Rendering::Prefixed) => digest.serialize(serializer),
            (Spelled::Valid(digest), Rendering::Bare) => serializer.serialize_str(&digest.to_hex()),
            (Spelled::Malformed(text), _) => serializer.serialize_str(text),
        }
    }
}

impl Serialize for In<'_, Spelled<Signature>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        keyed(self.0, self.1, Signature::hex, serializer)
    }
}

impl Serialize for In<'_, Spelled<EncodedKey>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        keyed(self.0, self.1, EncodedKey::hex, serializer)
    }
}

fn keyed<T, S: Serializer>(
    value: &Spelled<T>,
    form: Rendering,
    hex: impl Fn(&T) -> String,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match (value, form) {
        (Spelled::Valid(value), Rendering::Prefixed) => {
            serializer.serialize_str(&format!("{}{}", crate::key::PREFIX, hex(value)))
        }
        (Spelled::Valid(value), Rendering::Bare) => serializer.serialize_str(&hex(value)),
        (Spelled::Malformed(text), _) => serializer.serialize_str(text),
    }
}

/// RFC 3339 in UTC, with as few fractional digits (0, 3, 6, 9) as are exact.
struct Time<'a>(&'a DateTime<Utc>);

impl Serialize for Time<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}
