//! The canonical bytes: what is signed and hashed, the same for every rendering and spelling of one receipt.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::model::{
    Artifact, Body, Ci, Execution, Isolation, PlannedStep, Provenance, Source, Spelled, Step,
};
use super::{Rendering, Seal};
use crate::digest::Digest;
use crate::key::{PublicKey, Signature};

impl Body {
    /// The bytes that the signature is over: compact JSON of the fields in signing order, bare hex, no signature, key
    /// or token, steps and events sorted, times in UTC with as few fractional digits (0, 3, 6, 9) as are exact.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let value = fields(self, &Seal::default(), Rendering::Bare, &Order::of(self));
        value.to_string().into_bytes()
    }

    /// `receipt_hash`: BLAKE3 of the canonical bytes.
    pub fn hash(&self) -> Digest {
        Digest::of(&self.canonical_bytes())
    }

    /// Brings steps and events into signed order.
    pub(super) fn sort(&mut self) {
        self.steps.sort_by(|a, b| a.name.cmp(&b.name));
        self.causal_events.sort();
    }
}

/// Steps and events in signed order, whatever order the body has them in.
pub(super) struct Order<'a> {
    steps: Vec<&'a Step>,
    events: Vec<&'a str>,
}

impl<'a> Order<'a> {
    pub(super) fn of(body: &'a Body) -> Self {
        let mut steps: Vec<_> = body.steps.iter().collect();
        steps.sort_by(|a, b| a.name.cmp(&b.name));
        let mut events: Vec<_> = body.causal_events.iter().map(String::as_str).collect();
        events.sort_unstable();
        Self { steps, events }
    }
}

/// Every field in signing order. What is absent without a trace is left out; the rest of the absent is null.
pub(super) fn fields(body: &Body, seal: &Seal, form: Rendering, order: &Order<'_>) -> Value {
    let mut map = Map::new();
    let mut put = |name: &str, value: Value| {
        map.insert(name.to_owned(), value);
    };
    if let Some(version) = body.schema_version {
        put("schema_version", version.into());
    }
    put("pipeline_hash", digest(&body.pipeline_hash, form));
    put("steps", order.steps.iter().map(|s| step(s, form)).collect());
    put("timestamp", time(&body.timestamp));
    put("total_duration_secs", body.total_duration_secs.into());
    put(
        "signature",
        seal.signature
            .as_ref()
            .map_or(Value::Null, |s| keyed(s, Signature::hex, form)),
    );
    put(
        "signer_public_key",
        seal.signer_public_key
            .as_ref()
            .map_or(Value::Null, |k| keyed(k, PublicKey::hex, form)),
    );
    put("attest_version", body.attest_version.as_str().into());
    put("causal_events", order.events.iter().copied().collect());
    put(
        "causal_chain_hash",
        body.causal_chain_hash
            .as_ref()
            .map_or(Value::Null, |d| digest(d, form)),
    );
    if let Some(r) = &body.reproducibility {
        put(
            "reproducibility",
            json!({"verified": r.verified, "runs": r.runs, "method": r.method}),
        );
    }
    if let Some(p) = &body.provenance {
        put("provenance", provenance(p, form));
    }
    if let Some(token) = &seal.timestamp_token {
        put("timestamp_token", token.as_str().into());
    }
    if let Some(i) = &body.isolation {
        put("isolation", isolation(i));
    }
    Value::Object(map)
}

fn step(step: &Step, form: Rendering) -> Value {
    let mut value = json!({
        "name": step.name,
        "input_hash": digest(&step.input_hash, form),
        "output_hash": digest(&step.output_hash, form),
        "duration_secs": step.duration_secs,
        "exit_code": step.exit_code,
        "cache_hit": step.cache_hit,
        "stdout": step.stdout,
        "stderr": step.stderr,
    });
    if let (Some(map), Some(hash)) = (value.as_object_mut(), &step.capsule_hash) {
        map.insert("capsule_hash".to_owned(), digest(hash, form));
    }
    value
}

fn provenance(provenance: &Provenance, form: Rendering) -> Value {
    let mut value = json!({
        "invocation_id": provenance.invocation_id,
        "started_at": provenance.started_at.as_ref().map(time),
        "pipeline_name": provenance.pipeline_name,
        "source": provenance.source.as_ref().map(source),
        "runner_os": provenance.runner_os,
        "runner_arch": provenance.runner_arch,
        "ci": provenance.ci.as_ref().map(ci),
        "steps": provenance.steps.iter().map(|s| planned_step(s, form)).collect::<Value>(),
        "artifacts": provenance.artifacts.iter().map(|a| artifact(a, form)).collect::<Value>(),
    });
    let execution = match &provenance.execution {
        None => return value,
        Some(Execution::Native) => json!({"mode": "native"}),
        Some(Execution::Wrapped { command }) => json!({"mode": "wrapped", "command": command}),
    };
    if let Some(map) = value.as_object_mut() {
        map.insert("execution".to_owned(), execution);
    }
    value
}

fn source(source: &Source) -> Value {
    json!({
        "repository": source.repository,
        "commit": source.commit,
        "branch": source.branch,
        "tracked_dirty": source.tracked_dirty,
    })
}

fn ci(ci: &Ci) -> Value {
    json!({"provider": ci.provider, "run_id": ci.run_id, "job_id": ci.job_id})
}

fn planned_step(step: &PlannedStep, form: Rendering) -> Value {
    json!({
        "name": step.name,
        "needs": step.needs,
        "command_hash": digest(&step.command_hash, form),
        "inputs": step.inputs,
        "outputs": step.outputs,
    })
}

fn artifact(artifact: &Artifact, form: Rendering) -> Value {
    json!({
        "step": artifact.step,
        "path": artifact.path,
        "kind": artifact.kind,
        "digest": digest(&artifact.digest, form),
        "algorithm": artifact.algorithm,
    })
}

fn isolation(isolation: &Isolation) -> Value {
    let controls: Value = isolation
        .controls
        .iter()
        .map(|c| json!({"name": c.name, "status": c.status.as_str(), "detail": c.detail}))
        .collect();
    let mut value = json!({"mode": isolation.mode.as_str(), "platform": isolation.platform, "controls": controls});
    if let (Some(map), false) = (value.as_object_mut(), isolation.capsule_steps.is_empty()) {
        map.insert("capsule_steps".to_owned(), json!(isolation.capsule_steps));
    }
    value
}

fn digest(digest: &Spelled<Digest>, form: Rendering) -> Value {
    Value::String(match (digest, form) {
        (Spelled::Valid(digest), Rendering::Prefixed) => digest.to_string(),
        (Spelled::Valid(digest), Rendering::Bare) => digest.hex(),
        (Spelled::Malformed(text), _) => text.clone(),
    })
}

fn keyed<T>(value: &Spelled<T>, hex: impl Fn(&T) -> String, form: Rendering) -> Value {
    Value::String(match (value, form) {
        (Spelled::Valid(value), Rendering::Prefixed) => {
            format!("{}{}", crate::key::PREFIX, hex(value))
        }
        (Spelled::Valid(value), Rendering::Bare) => hex(value),
        (Spelled::Malformed(text), _) => text.clone(),
    })
}

fn time(time: &DateTime<Utc>) -> Value {
    Value::String(time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}
