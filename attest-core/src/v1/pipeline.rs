//! Pipelines: what is stored under a name, and the configuration that says what to run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Timestamp;
use super::open_enum::open_enum;

open_enum! {
    /// Whether a pipeline may still be executed.
    ///
    /// ```
    /// use attest_core::v1::PipelineStatus;
    ///
    /// let status: PipelineStatus = serde_json::from_str("\"archived\"")?;
    /// assert_ne!(status, PipelineStatus::Active, "it cannot be executed");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    PipelineStatus {
        /// It can be executed.
        Active = "active",
        /// It was archived: its executions and receipts stay readable.
        Archived = "archived",
    }
}

/// What a pipeline runs: the `config` of a pipeline.
///
/// Missing texts read as empty, so that whoever checks a configuration can name all its problems at once.
///
/// ```
/// use attest_core::pipeline::Definition;
/// use attest_core::v1::Config;
///
/// let config: Config = serde_json::from_str(r#"{"version": "0.1", "steps": [{"name": "build"}]}"#)?;
/// // It reads; whether it can be run is asked apart.
/// let problems = Definition::from_config(Some("hello"), &config).unwrap_err();
/// assert_eq!(problems.first().field, "steps[0].run");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// The version the author gave; any non-empty text.
    #[serde(default)]
    pub version: String,
    /// The steps, in the author's order. What runs first is said by `needs` alone.
    #[serde(default)]
    pub steps: Vec<StepConfig>,
    /// Environment of every step.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Whether steps may use the network; a step's own value wins. The server's default where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<bool>,
    /// Whether steps see their declared inputs alone; a step's own value wins. False where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strict_inputs: Option<bool>,
    /// The command-line tool's `attestation` block: refused where it differs from its defaults.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Value>,
}

/// One step of a [`Config`].
///
/// ```
/// use attest_core::v1::StepConfig;
///
/// let step = StepConfig {
///     name: "test".to_owned(),
///     run: "make test".to_owned(),
///     needs: Some(vec!["build".to_owned()]),
///     timeout_secs: Some(600),
///     ..StepConfig::default()
/// };
/// assert_eq!(serde_json::to_value(&step)?["needs"][0], "build");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepConfig {
    /// Unique in its pipeline: `[A-Za-z0-9_.-]{1,64}`.
    #[serde(default)]
    pub name: String,
    /// The command, run by `sh -c`.
    #[serde(default)]
    pub run: String,
    /// Files and directories the step reads, relative to the workspace.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// Files and directories the step must write, relative to the workspace.
    #[serde(default)]
    pub outputs: Vec<String>,
    /// Steps that have to complete first, and whose outputs this one sees. Absent and empty mean the same run, but
    /// not the same `pipeline_hash`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<Vec<String>>,
    /// Environment of this step, over the pipeline's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<BTreeMap<String, String>>,
    /// Where the command runs, relative to the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<String>,
    /// Seconds after which the step is ended with exit code 124.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_secs: Option<u64>,
    /// Whether the step's result may be stored and taken from the cache. True where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<bool>,
    /// Whether the step may use the network; the pipeline's value where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<bool>,
    /// Whether the step sees its declared inputs alone; the pipeline's value where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strict_inputs: Option<bool>,
    /// The command-line tool's `image`: refused where it is not null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Value>,
    /// The command-line tool's `capsule`: refused where it is not null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capsule: Option<Value>,
    /// The command-line tool's `attestation`: refused where it differs from its defaults.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Value>,
}

/// Body of `POST /v1/pipelines`.
///
/// ```
/// use attest_core::v1::{Config, CreatePipeline};
///
/// let body = CreatePipeline {
///     name: "hello".to_owned(),
///     description: None,
///     config: Config { version: "0.1".to_owned(), ..Config::default() },
/// };
/// assert_eq!(serde_json::to_value(&body)?["config"]["version"], "0.1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CreatePipeline {
    /// The pipeline's name. Names need not be unique.
    #[serde(default)]
    pub name: String,
    /// What it is for, in the author's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it runs.
    #[serde(default)]
    pub config: Config,
}

/// Body of `PATCH /v1/pipelines/{id}`: what is absent stays as it is.
///
/// ```
/// use attest_core::v1::UpdatePipeline;
///
/// let rename = UpdatePipeline { name: Some("hello-2".to_owned()), ..UpdatePipeline::default() };
/// assert_eq!(serde_json::to_string(&rename)?, r#"{"name":"hello-2"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UpdatePipeline {
    /// A new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A new description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A new configuration, which becomes a new version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<Config>,
}

/// A stored pipeline.
///
/// ```
/// use attest_core::v1::{Pipeline, PipelineStatus};
///
/// let text = r#"{"id": "pip_1", "name": "hello", "status": "active", "executions": 3, "version": 2}"#;
/// let pipeline: Pipeline = serde_json::from_str(text)?;
/// assert_eq!(pipeline.status, PipelineStatus::Active);
/// assert_eq!((pipeline.version, pipeline.config), (Some(2), None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pipeline {
    /// `pip_…`, opaque.
    pub id: String,
    /// The name it was created or last updated with.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether it can be executed.
    pub status: PipelineStatus,
    /// When it was created.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
    /// How many executions were accepted.
    #[serde(default)]
    pub executions: u64,
    /// Share of finished executions that completed, 0 to 1; null before the first finished one.
    #[serde(default)]
    pub success_rate: Option<f64>,
    /// The newest configuration; lists may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<Config>,
    /// The number of the newest configuration, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// `blake3:…` of the stored definition's canonical text. An execution's `pipeline_hash` is of the effective one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition_hash: Option<String>,
}

/// Answer of `GET /v1/pipelines`.
///
/// ```
/// # use attest_core::v1::PipelineList;
/// let text = r#"{"pipelines": [{"id": "pip_1", "name": "hello", "status": "active"}], "total": 1}"#;
/// let list: PipelineList = serde_json::from_str(text)?;
/// let named = list.pipelines.iter().find(|pipeline| pipeline.name == "hello");
/// assert!(named.is_some() && !list.has_more);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PipelineList {
    /// This page.
    #[serde(default)]
    pub pipelines: Vec<Pipeline>,
    /// How many the filter selects in all.
    #[serde(default)]
    pub total: u64,
    /// Whether a further page exists.
    #[serde(default)]
    pub has_more: bool,
    /// Where the next page starts, for a walk that neither skips nor repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}
