//! Settling everything before anything runs.

use std::path::Path;

use attest_core::digest::Digest;
use attest_core::pipeline::{self, Definition, Problem};
use attest_core::source::{git_facts, public_address};
use attest_core::v1;

use super::plan::{Plan, PlannedStep};
use super::plan_error::PlanError;
use super::source::{Source, Uploaded};
use crate::blob::BlobStore;
use crate::sandbox::SandboxPolicy;

/// What a call has been settled to.
pub(crate) struct Planned {
    pub(crate) environment: Option<String>,
    pub(crate) pipeline_hash: String,
    pub(crate) pipeline_text: String,
    pub(crate) stored: Plan,
    /// The tree of an uploaded source, which is used by this.
    pub(crate) uploaded: Option<Digest>,
}

/// What a caller says of its source, without a password that it may have left in the repository's address: receipts are
/// public.
fn public(info: v1::SourceInfo) -> v1::SourceInfo {
    v1::SourceInfo {
        repository: info.repository.as_deref().map(public_address),
        ..info
    }
}

/// What planning needs of the server. Blocks: it reads the whole source.
pub(super) struct Planner<'a> {
    /// The operator's own source, if any.
    pub(super) source: Option<&'a Path>,
    /// The one that the call names, which wins.
    pub(super) uploaded: Option<Uploaded>,
    pub(super) data_dir: &'a Path,
    pub(super) blobs: &'a BlobStore,
    pub(super) sandbox: &'a SandboxPolicy,
}

impl Planner<'_> {
    pub(super) fn plan(
        &self,
        name: &str,
        config: &v1::Config,
        request: v1::ExecuteRequest,
    ) -> Result<Planned, PlanError> {
        let definition = Definition::from_config(Some(name), config)?;
        // Everything that needs no source first: taking one takes longest.
        definition.effective(request.environment.as_deref(), &request.variables, name)?;
        let order = pipeline::Plan::of(&definition.pipeline())?;
        self.refuse_what_is_not_here(&definition)?;

        let said = request.source_info.map(public);
        let (source, source_info) = match self.uploaded {
            // Nothing is known of it but what the call says.
            Some(uploaded) => (Source::uploaded(uploaded, self.blobs)?, said),
            None => self.own(said)?,
        };
        let definition = definition.expand(&source)?;
        definition.check_inputs(&source)?;
        let effective =
            definition.effective(request.environment.as_deref(), &request.variables, name)?;

        let options = request.options.unwrap_or_default();
        let pipeline_text = effective.canonical_text();
        let pipeline_hash = attest_core::digest::Digest::of(pipeline_text.as_bytes());
        let stored = Plan {
            pipeline_name: name.to_owned(),
            pipeline_hash,
            source: source.blob,
            source_tree: source.tree.digest(),
            source_info,
            sign: options.sign.unwrap_or(true),
            verify: options.verify.unwrap_or(true),
            cache: options.cache.unwrap_or(true),
            steps: self.steps(&definition, &order),
            env: effective.env,
        };
        Ok(Planned {
            environment: request.environment,
            pipeline_hash: pipeline_hash.to_string(),
            pipeline_text,
            stored,
            uploaded: self.uploaded.map(|uploaded| uploaded.tree),
        })
    }

    /// The operator's own source, and what git says of it where the call says nothing.
    fn own(
        &self,
        said: Option<v1::SourceInfo>,
    ) -> Result<(Source, Option<v1::SourceInfo>), PlanError> {
        let Some(dir) = self.source.filter(|_| said.is_none()) else {
            return Ok((Source::own(self.source, self.data_dir, self.blobs)?, said));
        };
        std::thread::scope(|scope| {
            // Git starts processes and waits for them, which is time to read files in.
            let facts = scope.spawn(|| git_facts(dir));
            let source = Source::own(Some(dir), self.data_dir, self.blobs)?;
            Ok((source, facts.join().unwrap_or_default()))
        })
    }

    fn steps(&self, definition: &Definition, order: &pipeline::Plan) -> Vec<PlannedStep> {
        let position = |name: &str| definition.steps.iter().position(|step| step.name == name);
        let plan = |named: &pipeline::NamedStep| {
            let step = &named.step;
            PlannedStep {
                name: named.name.clone(),
                run: step.run.clone(),
                inputs: step.inputs.clone(),
                outputs: step.outputs.clone(),
                needs: step.needs().to_vec(),
                waits_for: order.needs(&named.name).filter_map(position).collect(),
                upstream: order
                    .upstream(&named.name)
                    .into_iter()
                    .filter_map(position)
                    .collect(),
                remaining: order.remaining(&named.name),
                env: step.env.clone().unwrap_or_default(),
                working_dir: step.working_dir.clone(),
                timeout_secs: step.timeout_secs,
                network: definition.network(named).unwrap_or(true) && self.sandbox.network(),
                strict_inputs: definition.strict_inputs(named),
                cache: step.cache,
            }
        };
        definition.steps.iter().map(plan).collect()
    }

    /// Things that are valid, but that this server cannot do.
    fn refuse_what_is_not_here(&self, definition: &Definition) -> Result<(), PlanError> {
        let mut problems = Vec::new();
        for (index, step) in definition.steps.iter().enumerate() {
            if definition.network(step) == Some(false) && !self.sandbox.can_deny_network() {
                let issue =
                    "this server runs without isolation and cannot keep a step from the network";
                problems.push(Problem {
                    field: format!("steps[{index}].network"),
                    issue: issue.to_owned(),
                });
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(PlanError::Invalid(problems))
        }
    }
}
