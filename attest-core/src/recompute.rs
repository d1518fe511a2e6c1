//! Deriving a receipt's hashes again, from files: the pipeline's, each step's command, inputs, outputs and artifacts.
//!
//! It says whether what one holds is what the receipt is about. It runs nothing, and it judges no signature: its
//! result is handed to [`Verifier::verify_with`](crate::verify::Verifier::verify_with).
//!
//! The workspace must hold the source and every output, and no later step may have changed an earlier step's files.
//! Steps that did not run are not in the receipt and not looked at.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use crate::content::GoOn;
use crate::digest::Digest;
use crate::manifest::{self, Fault, Kind, Manifest, ManifestError};
use crate::pipeline::{Pipeline, wrapped};
use crate::receipt::{Artifact, Execution, Receipt, Spelled, Step};
use crate::verify::Recomputed;
use crate::yaml::Limits;

/// How many differences are told; the rest is counted.
const TOLD: usize = 5;

/// The pipeline file of a workspace.
const PIPELINE_FILE: &str = "attest.yaml";

/// Derives the hashes of `receipt` from the files in `workspace`.
///
/// `pipeline` is the text of the pipeline; without it `workspace/attest.yaml` is read. The receipt of a wrapped command
/// needs neither.
///
/// ```no_run
/// use attest_core::receipt::Receipt;
/// use attest_core::recompute::recompute;
/// use attest_core::verify::Verifier;
///
/// # fn demo(verifier: Verifier, receipt: Receipt) {
/// let recomputed = recompute(&receipt, "build".as_ref(), None);
/// let report = verifier.verify_with(&receipt, &recomputed.into());
/// # }
/// ```
pub fn recompute(receipt: &Receipt, workspace: &Path, pipeline: Option<&[u8]>) -> Recomputed {
    recompute_while(receipt, workspace, pipeline, &|| true)
        .unwrap_or_else(|| Recomputed::Failed("called off".to_owned()))
}

/// As [`recompute`], while `go_on` says so, which is asked for each directory and every 256 KiB of a file; `None` where it
/// did not.
pub fn recompute_while(
    receipt: &Receipt,
    workspace: &Path,
    pipeline: Option<&[u8]>,
    go_on: GoOn<'_>,
) -> Option<Recomputed> {
    let recomputed = derive(receipt, workspace, pipeline, go_on);
    go_on().then_some(recomputed)
}

fn derive(
    receipt: &Receipt,
    workspace: &Path,
    pipeline: Option<&[u8]>,
    go_on: GoOn<'_>,
) -> Recomputed {
    let mut differences = Differences::default();
    let plan = match plan(receipt, workspace, pipeline, &mut differences) {
        Ok(plan) => plan,
        Err(reason) => return Recomputed::Failed(reason),
    };
    let files = Files { workspace, go_on };
    // Of another pipeline nothing else is worth comparing.
    if differences.told.is_empty() {
        for step in receipt.body().steps.iter().take_while(|_| go_on()) {
            match plan.iter().find(|planned| planned.name == step.name) {
                Some(planned) => compare(receipt, step, planned, files, &mut differences),
                None => differences.add(format!(
                    "step {:?}: the pipeline has no such step",
                    step.name
                )),
            }
        }
    }
    differences.verdict()
}

/// The files to hash, while the caller wants it.
#[derive(Clone, Copy)]
struct Files<'a> {
    workspace: &'a Path,
    go_on: GoOn<'a>,
}

impl Files<'_> {
    fn outputs(self, declared: &[String]) -> Result<Manifest, ManifestError> {
        manifest::hash_outputs_while(self.workspace, declared, self.go_on)
    }
}

/// A step as the pipeline, or the wrapped command, has it.
struct Planned {
    name: String,
    run: String,
    inputs: Vec<String>,
    outputs: Vec<String>,
}

#[derive(Default)]
struct Differences {
    told: Vec<String>,
    more: usize,
}

impl Differences {
    fn add(&mut self, difference: String) {
        if self.told.len() < TOLD {
            self.told.push(difference);
        } else {
            self.more += 1;
        }
    }

    fn compare(&mut self, what: &str, attested: &Spelled<Digest>, derived: &Digest) {
        match attested {
            Spelled::Valid(attested) if attested == derived => {}
            Spelled::Valid(attested) => {
                self.add(format!(
                    "{what} differs: the receipt has {attested}, the files give {derived}"
                ));
            }
            Spelled::Malformed(_) => self.add(format!("{what} of the receipt is no digest")),
        }
    }

    fn verdict(self) -> Recomputed {
        if self.told.is_empty() {
            return Recomputed::Match;
        }
        let mut detail = self.told.join("; ");
        if self.more > 0 {
            detail.push_str(&format!("; and {} more", self.more));
        }
        Recomputed::Mismatch(detail)
    }
}

fn plan(
    receipt: &Receipt,
    workspace: &Path,
    pipeline: Option<&[u8]>,
    differences: &mut Differences,
) -> Result<Vec<Planned>, String> {
    let body = receipt.body();
    let execution = body.provenance.as_ref().and_then(|p| p.execution.as_ref());
    if let (Some(Execution::Wrapped { command }), Some(provenance)) = (execution, &body.provenance)
    {
        differences.compare(
            "the wrapped command",
            &body.pipeline_hash,
            &wrapped::pipeline_hash(command),
        );
        let planned = provenance.steps.iter().map(|step| Planned {
            name: step.name.clone(),
            run: wrapped::run_text(command),
            inputs: step.inputs.clone(),
            outputs: step.outputs.clone(),
        });
        return Ok(planned.collect());
    }
    let read;
    let (text, origin) = match pipeline {
        Some(text) => (text, "the pipeline".to_owned()),
        None => {
            let path = workspace.join(PIPELINE_FILE);
            read = read_bounded(&path)
                .map_err(|e| format!("{} cannot be read: {e}", path.display()))?;
            (read.as_slice(), path.display().to_string())
        }
    };
    let pipeline = Pipeline::parse(text).map_err(|e| format!("{origin}: {e}"))?;
    differences.compare("pipeline_hash", &body.pipeline_hash, &pipeline.hash());
    let planned = pipeline.steps.into_iter().map(|(name, step)| Planned {
        name,
        run: step.run,
        inputs: step.inputs,
        outputs: step.outputs,
    });
    Ok(planned.collect())
}

/// One byte more than may be parsed, so that what is too large is refused as such and not read in full.
fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let limit = Limits::default().max_bytes as u64 + 1;
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn compare(
    receipt: &Receipt,
    step: &Step,
    planned: &Planned,
    files: Files<'_>,
    differences: &mut Differences,
) {
    let what = |field: &str| format!("step {:?}: {field}", step.name);
    let provenance = receipt.body().provenance.as_ref();
    if let Some(attested) = provenance.and_then(|p| p.steps.iter().find(|s| s.name == step.name)) {
        differences.compare(
            &what("command_hash"),
            &attested.command_hash,
            &Digest::of(planned.run.as_bytes()),
        );
    }
    let Files { workspace, go_on } = files;
    match manifest::hash_inputs_while(workspace, &planned.run, &planned.inputs, go_on) {
        Ok(inputs) => differences.compare(&what("input_hash"), &step.input_hash, &inputs.digest()),
        Err(error) => differences.add(what(&format!("inputs: {error}"))),
    }
    match files.outputs(&outputs_of(step, planned, files)) {
        Ok(outputs) => {
            differences.compare(&what("output_hash"), &step.output_hash, &outputs.digest());
            let artifacts = provenance
                .iter()
                .flat_map(|p| &p.artifacts)
                .filter(|a| a.step == step.name);
            artifacts.for_each(|artifact| compare_artifact(artifact, &outputs, files, differences));
        }
        Err(error) => differences.add(what(&format!("outputs: {error}"))),
    }
}

/// The declared outputs; of a failed step those that exist.
fn outputs_of(step: &Step, planned: &Planned, files: Files<'_>) -> Vec<String> {
    let missing = |path: &String| {
        let alone = files.outputs(std::slice::from_ref(path));
        // Any other fault is told where all of them are hashed together.
        alone.is_err_and(|error| matches!(error.fault(), Fault::NotFound))
    };
    planned
        .outputs
        .iter()
        .filter(|path| step.exit_code == 0 || !missing(path))
        .cloned()
        .collect()
}

fn compare_artifact(
    artifact: &Artifact,
    outputs: &Manifest,
    files: Files<'_>,
    differences: &mut Differences,
) {
    let what = format!("artifact {:?}", artifact.path);
    let kind = match artifact.kind.as_str() {
        Artifact::FILE => Kind::File,
        Artifact::SYMLINK => Kind::Symlink,
        Artifact::DIRECTORY => {
            match files.outputs(std::slice::from_ref(&artifact.path)) {
                Ok(alone) => differences.compare(&what, &artifact.digest, &alone.digest()),
                Err(error) => differences.add(format!("{what}: {error}")),
            }
            return;
        }
        other => return differences.add(format!("{what}: nothing is known of the kind {other:?}")),
    };
    let line = outputs
        .lines
        .binary_search_by(|line| line.path.as_str().cmp(&artifact.path));
    match line
        .ok()
        .and_then(|i| outputs.lines.get(i))
        .filter(|line| line.kind == kind)
    {
        Some(line) => differences.compare(&what, &artifact.digest, &line.digest),
        None => differences.add(format!("{what} is not among the outputs of its step")),
    }
}
