//! A tree into a receipt: every field of its type, none unknown, and the rendering that the document chose.

use super::fields::{
    self, Fields, Path, SchemaError, UNSUPPORTED, boolean, list, text, texts, time, unsigned,
};
use super::model::{
    Artifact, Body, Ci, Control, ControlStatus, Execution, Isolation, IsolationMode, PlannedStep,
    Provenance, Reproducibility, Source, Spelled, Step,
};
use super::{LATEST_SCHEMA, Rendering, Seal};
use crate::digest::{self, Digest};
use crate::key::{EncodedKey, Signature};
use crate::yaml::Node;

type Read<T> = Result<T, SchemaError>;

/// Reads a whole receipt, steps and events brought into signed order.
pub(super) fn receipt(node: Node<'_>) -> Read<(Body, Seal, Rendering)> {
    refuse_newer(node)?;
    let mut fields = Fields::of(node, Path::Root)?;
    let form = rendering(node);
    let digest = |node: Node<'_>, path: Path<'_>| spelled_digest(node, path, form);
    // In signing order: a field is looked for behind the one before.
    let schema_version = fields.optional("schema_version", fields::unsigned32)?;
    let pipeline_hash = fields.required("pipeline_hash", digest)?;
    let steps = fields.required("steps", |n, p| list(n, p, |n, p| step(n, p, form)))?;
    let timestamp = fields.required("timestamp", time)?;
    let total_duration_secs = fields.required("total_duration_secs", unsigned)?;
    let signature = fields.optional("signature", |n, p| {
        key_text(n, p, form, Signature::from_hex)
    })?;
    let signer_public_key = fields.optional("signer_public_key", |n, p| {
        key_text(n, p, form, EncodedKey::from_hex)
    })?;
    let attest_version = fields.required("attest_version", text)?;
    let causal_events = fields.optional("causal_events", texts)?;
    let causal_chain_hash = fields.optional("causal_chain_hash", digest)?;
    let reproducibility = fields.optional("reproducibility", reproducibility)?;
    let provenance = fields.optional("provenance", |n, p| provenance(n, p, form))?;
    let timestamp_token = fields.optional("timestamp_token", text)?;
    let isolation = fields.optional("isolation", isolation)?;
    fields.finish()?;

    let mut body = Body {
        schema_version,
        pipeline_hash,
        steps,
        timestamp,
        total_duration_secs,
        attest_version,
        causal_events: causal_events.unwrap_or_default(),
        causal_chain_hash,
        reproducibility,
        provenance,
        isolation,
    };
    body.sort();
    let seal = Seal {
        signature,
        signer_public_key,
        timestamp_token,
    };
    Ok((body, seal, form))
}

/// A newer format has fields of its own; that it is newer is the better message.
fn refuse_newer(node: Node<'_>) -> Read<()> {
    let Some((version, node)) = node
        .get("schema_version")
        .and_then(|n| Some((n.as_u64()?, n)))
    else {
        return Ok(());
    };
    if version <= u64::from(LATEST_SCHEMA) {
        return Ok(());
    }
    let message = format!(
        "the receipt has schema version {version}, this program reads versions up to {LATEST_SCHEMA}; upgrade attest to verify it"
    );
    Err(SchemaError {
        code: UNSUPPORTED,
        at: node.at(),
        message,
    })
}

/// One document has one rendering; the pipeline's hash, which is always there, says which.
fn rendering(node: Node<'_>) -> Rendering {
    let hash = node
        .get("pipeline_hash")
        .and_then(Node::as_text)
        .unwrap_or_default();
    if hash.starts_with(digest::PREFIX) {
        Rendering::Prefixed
    } else {
        Rendering::Bare
    }
}

fn step(node: Node<'_>, path: Path<'_>, form: Rendering) -> Read<Step> {
    let mut fields = Fields::of(node, path)?;
    let digest = |node: Node<'_>, path: Path<'_>| spelled_digest(node, path, form);
    let step = Step {
        name: fields.required("name", text)?,
        input_hash: fields.required("input_hash", digest)?,
        output_hash: fields.required("output_hash", digest)?,
        duration_secs: fields.required("duration_secs", unsigned)?,
        exit_code: fields.required("exit_code", fields::signed32)?,
        cache_hit: fields.required("cache_hit", boolean)?,
        stdout: fields.required("stdout", text)?,
        stderr: fields.required("stderr", text)?,
        capsule_hash: fields.optional("capsule_hash", digest)?,
    };
    fields.finish().map(|()| step)
}

fn reproducibility(node: Node<'_>, path: Path<'_>) -> Read<Reproducibility> {
    let mut fields = Fields::of(node, path)?;
    let reproducibility = Reproducibility {
        verified: fields.required("verified", boolean)?,
        runs: fields.required("runs", fields::unsigned32)?,
        method: fields.required("method", text)?,
    };
    fields.finish().map(|()| reproducibility)
}

fn provenance(node: Node<'_>, path: Path<'_>, form: Rendering) -> Read<Provenance> {
    let mut fields = Fields::of(node, path)?;
    let provenance = Provenance {
        invocation_id: fields.optional("invocation_id", text)?,
        started_at: fields.optional("started_at", time)?,
        pipeline_name: fields.optional("pipeline_name", text)?,
        source: fields.optional("source", source)?,
        runner_os: fields.required("runner_os", text)?,
        runner_arch: fields.required("runner_arch", text)?,
        ci: fields.optional("ci", ci)?,
        steps: fields.required("steps", |n, p| list(n, p, |n, p| planned_step(n, p, form)))?,
        artifacts: fields.required("artifacts", |n, p| list(n, p, |n, p| artifact(n, p, form)))?,
        execution: fields.optional("execution", execution)?,
    };
    fields.finish().map(|()| provenance)
}

fn source(node: Node<'_>, path: Path<'_>) -> Read<Source> {
    let mut fields = Fields::of(node, path)?;
    let source = Source {
        repository: fields.optional("repository", text)?,
        commit: fields.required("commit", text)?,
        branch: fields.optional("branch", text)?,
        tracked_dirty: fields.required("tracked_dirty", boolean)?,
    };
    fields.finish().map(|()| source)
}

fn ci(node: Node<'_>, path: Path<'_>) -> Read<Ci> {
    let mut fields = Fields::of(node, path)?;
    let ci = Ci {
        provider: fields.required("provider", text)?,
        run_id: fields.optional("run_id", text)?,
        job_id: fields.optional("job_id", text)?,
    };
    fields.finish().map(|()| ci)
}

fn planned_step(node: Node<'_>, path: Path<'_>, form: Rendering) -> Read<PlannedStep> {
    let mut fields = Fields::of(node, path)?;
    let step = PlannedStep {
        name: fields.required("name", text)?,
        needs: fields.required("needs", texts)?,
        command_hash: fields.required("command_hash", |n, p| spelled_digest(n, p, form))?,
        inputs: fields.required("inputs", texts)?,
        outputs: fields.required("outputs", texts)?,
    };
    fields.finish().map(|()| step)
}

fn artifact(node: Node<'_>, path: Path<'_>, form: Rendering) -> Read<Artifact> {
    let mut fields = Fields::of(node, path)?;
    let artifact = Artifact {
        step: fields.required("step", text)?,
        path: fields.required("path", text)?,
        kind: fields.required("kind", text)?,
        digest: fields.required("digest", |n, p| spelled_digest(n, p, form))?,
        algorithm: fields.required("algorithm", text)?,
    };
    fields.finish().map(|()| artifact)
}

fn execution(node: Node<'_>, path: Path<'_>) -> Read<Execution> {
    let mut fields = Fields::of(node, path)?;
    let wrapped = fields.required("mode", |n, p| {
        fields::word(n, p, &[false, true], |wrapped| {
            if wrapped { "wrapped" } else { "native" }
        })
    })?;
    let execution = match wrapped {
        false => Execution::Native,
        true => Execution::Wrapped {
            command: fields.required("command", texts)?,
        },
    };
    fields.finish().map(|()| execution)
}

fn isolation(node: Node<'_>, path: Path<'_>) -> Read<Isolation> {
    let mut fields = Fields::of(node, path)?;
    let isolation = Isolation {
        mode: fields.required("mode", |n, p| {
            fields::word(n, p, &IsolationMode::ALL, IsolationMode::as_str)
        })?,
        platform: fields.required("platform", text)?,
        controls: fields.required("controls", |n, p| list(n, p, control))?,
        capsule_steps: fields.optional("capsule_steps", texts)?.unwrap_or_default(),
    };
    fields.finish().map(|()| isolation)
}

fn control(node: Node<'_>, path: Path<'_>) -> Read<Control> {
    let mut fields = Fields::of(node, path)?;
    let control = Control {
        name: fields.required("name", text)?,
        status: fields.required("status", |n, p| {
            fields::word(n, p, &ControlStatus::ALL, ControlStatus::as_str)
        })?,
        detail: fields.required("detail", text)?,
    };
    fields.finish().map(|()| control)
}

fn spelled_digest(node: Node<'_>, path: Path<'_>, form: Rendering) -> Read<Spelled<Digest>> {
    let text = fields::spelling(node, path)?;
    let digest = match form {
        Rendering::Prefixed => Digest::parse_prefixed(text),
        Rendering::Bare => Digest::from_hex(text),
    };
    Ok(digest.map_or_else(|_| Spelled::Malformed(text.to_owned()), Spelled::Valid))
}

/// A signature or key of the format: hex, behind `ed25519:` in a prefixed document.
fn key_text<T, E>(
    node: Node<'_>,
    path: Path<'_>,
    form: Rendering,
    from_hex: impl Fn(&str) -> Result<T, E>,
) -> Read<Spelled<T>> {
    let text = fields::spelling(node, path)?;
    let hex = match form {
        Rendering::Prefixed => text.strip_prefix(crate::key::PREFIX),
        Rendering::Bare => Some(text),
    };
    let value = hex.and_then(|hex| from_hex(hex).ok());
    Ok(value.map_or_else(|| Spelled::Malformed(text.to_owned()), Spelled::Valid))
}
