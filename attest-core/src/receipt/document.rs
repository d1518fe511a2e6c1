//! Every field of a receipt in signing order, as JSON: what the canonical bytes and all written forms have in common.
//! What is absent without a trace is left out; the rest of the absent is null.

use chrono::{DateTime, SecondsFormat, Utc};

use super::json::{Json, Map};
use super::model::{
    Artifact, Body, Ci, Control, Execution, Isolation, PlannedStep, Provenance, Source, Spelled,
    Step,
};
use super::{Rendering, Seal};
use crate::digest::{self, Digest};
use crate::key;

/// Writes a receipt, its steps and events in signed order, whatever order the body has them in.
pub(super) fn write(json: &mut Json, body: &Body, seal: &Seal, form: Rendering) {
    let mut steps: Vec<_> = body.steps.iter().collect();
    steps.sort_by(|a, b| a.name.cmp(&b.name));
    let mut events: Vec<_> = body.causal_events.iter().collect();
    events.sort_unstable();

    json.map(|map| {
        if let Some(version) = body.schema_version {
            map.number("schema_version", version);
        }
        digest(map, "pipeline_hash", &body.pipeline_hash, form);
        map.name("steps")
            .list(steps, |json, it| step(json, it, form));
        map.or_null("timestamp", Some(&body.timestamp), time);
        map.number("total_duration_secs", body.total_duration_secs);
        map.or_null("signature", seal.signature.as_ref(), |json, it| {
            spelled(json, it, key::PREFIX, form, |it| it.hex());
        });
        map.or_null(
            "signer_public_key",
            seal.signer_public_key.as_ref(),
            |json, it| {
                spelled(json, it, key::PREFIX, form, |it| it.hex());
            },
        );
        map.text("attest_version", &body.attest_version);
        map.name("causal_events")
            .list(events, |json, it| json.text(it));
        map.or_null(
            "causal_chain_hash",
            body.causal_chain_hash.as_ref(),
            |json, it| {
                spelled(json, it, digest::PREFIX, form, |it| it.hex());
            },
        );
        if let Some(it) = &body.reproducibility {
            map.map("reproducibility", |map| {
                map.boolean("verified", it.verified);
                map.number("runs", it.runs);
                map.text("method", &it.method);
            });
        }
        if let Some(it) = &body.provenance {
            map.map("provenance", |map| provenance(map, it, form));
        }
        if let Some(token) = &seal.timestamp_token {
            map.text("timestamp_token", token);
        }
        if let Some(it) = &body.isolation {
            map.map("isolation", |map| isolation(map, it));
        }
    });
}

fn step(json: &mut Json, step: &Step, form: Rendering) {
    json.map(|map| {
        map.text("name", &step.name);
        digest(map, "input_hash", &step.input_hash, form);
        digest(map, "output_hash", &step.output_hash, form);
        map.number("duration_secs", step.duration_secs);
        map.number("exit_code", step.exit_code);
        map.boolean("cache_hit", step.cache_hit);
        map.text("stdout", &step.stdout);
        map.text("stderr", &step.stderr);
        if let Some(hash) = &step.capsule_hash {
            digest(map, "capsule_hash", hash, form);
        }
    });
}

fn provenance(map: &mut Map<'_>, provenance: &Provenance, form: Rendering) {
    text_or_null(map, "invocation_id", &provenance.invocation_id);
    map.or_null("started_at", provenance.started_at.as_ref(), time);
    text_or_null(map, "pipeline_name", &provenance.pipeline_name);
    map.or_null("source", provenance.source.as_ref(), source);
    map.text("runner_os", &provenance.runner_os);
    map.text("runner_arch", &provenance.runner_arch);
    map.or_null("ci", provenance.ci.as_ref(), ci);
    map.name("steps")
        .list(&provenance.steps, |json, it| planned_step(json, it, form));
    map.name("artifacts")
        .list(&provenance.artifacts, |json, it| artifact(json, it, form));
    match &provenance.execution {
        None => {}
        Some(Execution::Native) => map.map("execution", |map| map.text("mode", "native")),
        Some(Execution::Wrapped { command }) => map.map("execution", |map| {
            map.text("mode", "wrapped");
            map.texts("command", command);
        }),
    }
}

fn source(json: &mut Json, source: &Source) {
    json.map(|map| {
        text_or_null(map, "repository", &source.repository);
        map.text("commit", &source.commit);
        text_or_null(map, "branch", &source.branch);
        map.boolean("tracked_dirty", source.tracked_dirty);
    });
}

fn ci(json: &mut Json, ci: &Ci) {
    json.map(|map| {
        map.text("provider", &ci.provider);
        text_or_null(map, "run_id", &ci.run_id);
        text_or_null(map, "job_id", &ci.job_id);
    });
}

fn planned_step(json: &mut Json, step: &PlannedStep, form: Rendering) {
    json.map(|map| {
        map.text("name", &step.name);
        map.texts("needs", &step.needs);
        digest(map, "command_hash", &step.command_hash, form);
        map.texts("inputs", &step.inputs);
        map.texts("outputs", &step.outputs);
    });
}

fn artifact(json: &mut Json, artifact: &Artifact, form: Rendering) {
    json.map(|map| {
        map.text("step", &artifact.step);
        map.text("path", &artifact.path);
        map.text("kind", &artifact.kind);
        digest(map, "digest", &artifact.digest, form);
        map.text("algorithm", &artifact.algorithm);
    });
}

fn isolation(map: &mut Map<'_>, isolation: &Isolation) {
    map.text("mode", isolation.mode.as_str());
    map.text("platform", &isolation.platform);
    map.name("controls").list(&isolation.controls, control);
    if !isolation.capsule_steps.is_empty() {
        map.texts("capsule_steps", &isolation.capsule_steps);
    }
}

fn control(json: &mut Json, control: &Control) {
    json.map(|map| {
        map.text("name", &control.name);
        map.text("status", control.status.as_str());
        map.text("detail", &control.detail);
    });
}

fn text_or_null(map: &mut Map<'_>, name: &str, text: &Option<String>) {
    map.or_null(name, text.as_deref(), Json::text);
}

fn digest(map: &mut Map<'_>, name: &str, digest: &Spelled<Digest>, form: Rendering) {
    spelled(map.name(name), digest, digest::PREFIX, form, |it| {
        it.to_hex()
    });
}

/// A value in its rendering, or what stands in its place.
fn spelled<T, H: AsRef<str>>(
    json: &mut Json,
    value: &Spelled<T>,
    prefix: &str,
    form: Rendering,
    hex: impl Fn(&T) -> H,
) {
    match (value, form) {
        (Spelled::Valid(value), Rendering::Prefixed) => json.hex(prefix, hex(value).as_ref()),
        (Spelled::Valid(value), Rendering::Bare) => json.hex("", hex(value).as_ref()),
        (Spelled::Malformed(text), _) => json.text(text),
    }
}

/// RFC 3339 in UTC, with as few fractional digits (0, 3, 6, 9) as are exact.
fn time(json: &mut Json, time: &DateTime<Utc>) {
    json.text(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true));
}
