//! Settling everything before anything runs.

use std::path::{Path, PathBuf};

use attest_core::pipeline::{self, Definition, Listing, Problem, Problems};
use attest_core::source::{IgnoredBy, git_facts};
use attest_core::v1;

use super::plan::{Plan, PlannedStep};
use crate::blob::{BlobError, BlobStore};
use crate::sandbox::SandboxPolicy;
use crate::source::{self, Snapshot, SourceError};
use crate::tree::Entry;

/// What a call has been settled to.
pub(crate) struct Planned {
    pub(crate) environment: Option<String>,
    pub(crate) pipeline_hash: String,
    pub(crate) pipeline_text: String,
    pub(crate) stored: Plan,
}

/// Why a call cannot become an execution.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanError {
    /// The call, or the pipeline with this source, is at fault.
    #[error("the execution cannot be planned")]
    Invalid(Vec<Problem>),
    #[error("the source cannot be read: {0}")]
    Source(#[from] SourceError),
    #[error("the source cannot be stored: {0}")]
    Blob(#[from] BlobError),
    #[error("planning failed: {0}")]
    Internal(String),
}

impl From<Problems> for PlanError {
    fn from(problems: Problems) -> Self {
        Self::Invalid(problems.iter().cloned().collect())
    }
}

/// What planning needs of the server. Blocks: it reads the whole source.
pub(super) struct Planner<'a> {
    pub(super) source: Option<&'a Path>,
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
        let effective =
            definition.effective(request.environment.as_deref(), &request.variables, name)?;
        let order = pipeline::Plan::of(&effective)?;
        self.refuse_what_is_not_here(&definition, &request)?;

        let snapshot = match self.source {
            Some(dir) => source::snapshot(dir, &[PathBuf::from(self.data_dir)], self.blobs)?,
            None => Snapshot::default(),
        };
        definition.check_inputs(&Source(&snapshot))?;
        let tree = serde_json::to_vec(&snapshot.tree)
            .map_err(|error| PlanError::Internal(error.to_string()))?;
        let source = self.blobs.put_bytes(&tree)?;
        self.blobs.sync()?;

        let options = request.options.unwrap_or_default();
        let pipeline_text = effective.canonical_text();
        let pipeline_hash = attest_core::digest::Digest::of(pipeline_text.as_bytes());
        let stored = Plan {
            pipeline_name: name.to_owned(),
            pipeline_hash,
            source,
            source_tree: snapshot.tree.digest(),
            source_info: request
                .source_info
                .or_else(|| self.source.and_then(git_facts)),
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
    fn refuse_what_is_not_here(
        &self,
        definition: &Definition,
        request: &v1::ExecuteRequest,
    ) -> Result<(), PlanError> {
        let mut problems = Vec::new();
        let mut add = |field: String, issue: &str| {
            problems.push(Problem {
                field,
                issue: issue.to_owned(),
            })
        };
        if request.source.is_some() {
            add(
                "source".to_owned(),
                "this server takes no uploaded sources: leave it out to run on its own source",
            );
        }
        for (index, step) in definition.steps.iter().enumerate() {
            if definition.network(step) == Some(false) && !self.sandbox.can_deny_network() {
                let issue =
                    "this server runs without isolation and cannot keep a step from the network";
                add(format!("steps[{index}].network"), issue);
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(PlanError::Invalid(problems))
        }
    }
}

/// A snapshot, asked as planning asks.
struct Source<'a>(&'a Snapshot);

impl Listing for Source<'_> {
    fn entry(&self, path: &str) -> Option<pipeline::Entry> {
        match self.0.tree.get(path) {
            Some(Entry::File { .. }) => Some(pipeline::Entry::File),
            Some(Entry::Symlink { target }) => Some(pipeline::Entry::Symlink(target.clone())),
            Some(Entry::Directory) => Some(pipeline::Entry::Directory),
            None if path.is_empty() || self.0.tree.contains(path) => {
                Some(pipeline::Entry::Directory)
            }
            None => None,
        }
    }

    fn ignored_by(&self, path: &str) -> Option<String> {
        self.0.ignored.by(path).map(|by| match by {
            IgnoredBy::Rule { file, pattern } => format!("{file} ({pattern:?})"),
            other => other.to_string(),
        })
    }
}
