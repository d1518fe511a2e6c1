//! Everything an attempt needs to know, as it is stored with the execution. Names no file of this machine, holds no
//! secret: operator variables join when a step runs.

use std::collections::BTreeMap;

use attest_core::digest::Digest;
use attest_core::v1;
use serde::{Deserialize, Serialize};

use crate::store::StoreError;

/// An execution's plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(super) pipeline_name: String,
    pub(super) pipeline_hash: Digest,
    /// The blob that holds the source's tree as JSON.
    pub(super) source: Digest,
    /// The tree's own digest.
    pub(super) source_tree: Digest,
    pub(super) source_info: Option<v1::SourceInfo>,
    pub(super) sign: bool,
    pub(super) verify: bool,
    pub(super) cache: bool,
    /// Of every step: the effective pipeline's. Once here, not once per step: a thousand steps may share much.
    pub(super) env: BTreeMap<String, String>,
    /// In the order of the definition; a step's position is its index.
    pub(super) steps: Vec<PlannedStep>,
}

/// One step of a plan. Other steps are named by position.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PlannedStep {
    pub(super) name: String,
    pub(super) run: String,
    pub(super) inputs: Vec<String>,
    pub(super) outputs: Vec<String>,
    /// As spelled in the pipeline.
    pub(super) needs: Vec<String>,
    /// The same steps, each once.
    pub(super) waits_for: Vec<usize>,
    /// Every step whose outputs it sees, each after those it needs itself.
    pub(super) upstream: Vec<usize>,
    /// Steps in the longest chain that starts here: the higher, the sooner.
    pub(super) remaining: usize,
    /// Its own, over the plan's.
    pub(super) env: BTreeMap<String, String>,
    pub(super) working_dir: Option<String>,
    pub(super) timeout_secs: Option<u64>,
    pub(super) network: bool,
    pub(super) strict_inputs: bool,
    pub(super) cache: bool,
}

impl Plan {
    /// The environment that the pipeline gives a step.
    pub(super) fn environment_of(&self, step: &PlannedStep) -> BTreeMap<String, String> {
        let mut env = self.env.clone();
        env.extend(step.env.clone());
        env
    }

    /// Whether any step may be served from the cache.
    pub(super) fn looks_up(&self) -> bool {
        self.cache && self.steps.iter().any(|step| step.cache)
    }

    /// Reads back what is stored with an execution.
    pub(super) fn decode(text: &str) -> Result<Self, StoreError> {
        serde_json::from_str(text).map_err(|error| StoreError::decode("plan", error))
    }

    pub(crate) fn step_names(&self) -> Vec<String> {
        self.steps.iter().map(|step| step.name.clone()).collect()
    }
}
