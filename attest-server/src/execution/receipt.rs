//! The receipt of an execution, from what was observed.

use std::collections::BTreeSet;

use attest_core::digest::Digest;
use attest_core::manifest::Manifest;
use attest_core::receipt::{
    Artifact, Body, Execution, Isolation, PlannedStep as Planned, Provenance, Source, Spelled, Step,
};
use chrono::{DateTime, Utc};

use super::excerpts;
use super::plan::{Plan, PlannedStep};
use crate::record::{OutputLine, Record};
use crate::sandbox::{SandboxPolicy, StepFacts};
use crate::tree::normalise;

/// A step with more output files lists its declared directories instead.
const FILES_LISTED: usize = 2_000;

/// A step that ran to an end that can be attested.
pub(super) struct RanStep<'a> {
    pub(super) planned: &'a PlannedStep,
    pub(super) record: &'a Record,
    pub(super) exit_code: i32,
    pub(super) manifest: &'a [OutputLine],
}

/// Everything else a receipt says.
pub(super) struct Facts<'a> {
    pub(super) execution_id: &'a str,
    pub(super) plan: &'a Plan,
    pub(super) started_at: DateTime<Utc>,
    pub(super) now: DateTime<Utc>,
    pub(super) sandbox: &'a SandboxPolicy,
}

pub(super) fn body(facts: &Facts<'_>, ran: &[RanStep<'_>]) -> Body {
    let plan = facts.plan;
    let mut steps: Vec<Step> = ran.iter().map(step).collect();
    let mut texts: Vec<&mut String> = steps
        .iter_mut()
        .flat_map(|step| [&mut step.stdout, &mut step.stderr])
        .collect();
    excerpts::fit(&mut texts);
    Body {
        schema_version: Some(attest_core::receipt::LATEST_SCHEMA),
        pipeline_hash: plan.pipeline_hash.into(),
        steps,
        timestamp: facts.now,
        total_duration_secs: (facts.now - facts.started_at)
            .num_seconds()
            .max(0)
            .unsigned_abs(),
        attest_version: env!("CARGO_PKG_VERSION").to_owned(),
        causal_events: Vec::new(),
        causal_chain_hash: None,
        reproducibility: None,
        provenance: Some(provenance(facts, ran)),
        isolation: Some(isolation(facts, ran)),
    }
}

fn step(ran: &RanStep<'_>) -> Step {
    Step {
        name: ran.planned.name.clone(),
        input_hash: ran.record.input_hash.into(),
        output_hash: ran.record.output_hash.into(),
        duration_secs: ran.record.duration_secs,
        exit_code: ran.exit_code,
        cache_hit: ran.record.cache_hit,
        stdout: ran.record.stdout.clone(),
        stderr: ran.record.stderr.clone(),
        capsule_hash: None,
    }
}

fn provenance(facts: &Facts<'_>, ran: &[RanStep<'_>]) -> Provenance {
    let plan = facts.plan;
    // Without a commit there is nothing to name: the format has no source without one.
    let source = plan.source_info.as_ref().and_then(|info| {
        Some(Source {
            repository: info.repository.clone(),
            commit: info.commit.clone()?,
            branch: info.branch.clone(),
            tracked_dirty: info.tracked_dirty.unwrap_or(false),
        })
    });
    let planned = |step: &PlannedStep| Planned {
        name: step.name.clone(),
        needs: step.needs.clone(),
        command_hash: Digest::of(step.run.as_bytes()).into(),
        inputs: step.inputs.clone(),
        outputs: step.outputs.clone(),
    };
    Provenance {
        invocation_id: Some(facts.execution_id.to_owned()),
        started_at: Some(facts.started_at),
        pipeline_name: Some(plan.pipeline_name.clone()),
        source,
        runner_os: std::env::consts::OS.to_owned(),
        runner_arch: std::env::consts::ARCH.to_owned(),
        ci: None,
        steps: plan.steps.iter().map(planned).collect(),
        artifacts: ran.iter().flat_map(artifacts).collect(),
        execution: Some(Execution::Native),
    }
}

fn isolation(facts: &Facts<'_>, ran: &[RanStep<'_>]) -> Isolation {
    let steps: Vec<StepFacts> = ran
        .iter()
        .map(|ran| StepFacts {
            name: ran.planned.name.clone(),
            network: ran.planned.network,
            strict_inputs: ran.planned.strict_inputs,
            timeout_secs: ran.planned.timeout_secs,
        })
        .collect();
    facts
        .sandbox
        .receipt_isolation(&steps, &facts.plan.source_tree)
}

fn artifacts(ran: &RanStep<'_>) -> Vec<Artifact> {
    let artifact = |path: &str, kind: &str, digest: Digest| Artifact {
        step: ran.planned.name.clone(),
        path: path.to_owned(),
        kind: kind.to_owned(),
        digest: Spelled::Valid(digest),
        algorithm: Artifact::BLAKE3.to_owned(),
    };
    let line = |line: &OutputLine| {
        artifact(
            &line.path,
            if line.symlink {
                Artifact::SYMLINK
            } else {
                Artifact::FILE
            },
            line.digest,
        )
    };
    if ran.manifest.len() <= FILES_LISTED {
        return ran.manifest.iter().map(line).collect();
    }
    let declared: BTreeSet<String> = ran
        .planned
        .outputs
        .iter()
        .filter_map(|path| normalise(path))
        .collect();
    let mut listed = Vec::new();
    for path in &declared {
        let within: Vec<&OutputLine> = ran
            .manifest
            .iter()
            .filter(|line| is_in(&line.path, path))
            .collect();
        match within.as_slice() {
            [only] if only.path == *path => listed.push(line(only)),
            lines => {
                let lines = lines.iter().map(|line| line.line()).collect();
                listed.push(artifact(
                    path,
                    Artifact::DIRECTORY,
                    Manifest { run: None, lines }.digest(),
                ));
            }
        }
    }
    listed
}

fn is_in(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
