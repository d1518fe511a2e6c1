//! What a caller gives: a pipeline's definition and the options of an execution, in the specification's own shapes.
//!
//! The structs hold exactly the specification's public fields, so that its programs compile. Whatever else the API takes
//! is in [`CreatePipeline`] and [`v1::Config`].

use std::collections::BTreeMap;

use crate::v1::{self, CreatePipeline, SourceInfo, StepConfig};

/// A pipeline to create. For a description, an environment and more: [`CreatePipeline`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PipelineConfig {
    /// The pipeline's name.
    pub name: String,
    /// What it runs.
    pub config: Config,
}

/// What a pipeline runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The version its author gave; any non-empty text.
    pub version: String,
    /// The steps.
    pub steps: Vec<Step>,
}

/// One step. For an environment, a working directory, a time limit and more: [`StepConfig`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Unique in its pipeline.
    pub name: String,
    /// The command, run by `sh -c`.
    pub run: String,
    /// Files and directories it reads.
    pub inputs: Vec<String>,
    /// Files and directories it must write.
    pub outputs: Vec<String>,
    /// Steps that have to complete first. Empty is sent as absent, as the other languages' SDKs do.
    pub needs: Vec<String>,
}

impl From<Step> for StepConfig {
    fn from(step: Step) -> Self {
        let needs = if step.needs.is_empty() {
            None
        } else {
            Some(step.needs)
        };
        Self {
            name: step.name,
            run: step.run,
            inputs: step.inputs,
            outputs: step.outputs,
            needs,
            ..Self::default()
        }
    }
}

impl From<Config> for v1::Config {
    fn from(config: Config) -> Self {
        let steps = config.steps.into_iter().map(Into::into).collect();
        Self {
            version: config.version,
            steps,
            ..Self::default()
        }
    }
}

impl From<PipelineConfig> for CreatePipeline {
    fn from(pipeline: PipelineConfig) -> Self {
        Self {
            name: pipeline.name,
            description: None,
            config: pipeline.config.into(),
        }
    }
}

/// Options of an execution. By default it signs, verifies and uses the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecuteOptions {
    /// Name of the environment, `ATTEST_ENVIRONMENT` to the steps.
    pub environment: Option<String>,
    /// Environment variables of every step. They are attested and public: never secrets.
    pub variables: BTreeMap<String, String>,
    /// Whether the receipt is signed.
    pub sign: bool,
    /// Whether the server checks signature and outputs again before it stores the receipt.
    pub verify: bool,
    /// Whether step results may come from the cache, and be kept in it.
    pub cache: bool,
    /// An uploaded source, `tree:blake3:…`; the server's own `--source` where absent.
    pub source: Option<String>,
    /// Where the source comes from, in the caller's words.
    pub source_info: Option<SourceInfo>,
    /// The version of the pipeline; the newest where absent.
    pub version: Option<u64>,
}

impl Default for ExecuteOptions {
    fn default() -> Self {
        Self {
            environment: None,
            variables: BTreeMap::new(),
            sign: true,
            verify: true,
            cache: true,
            source: None,
            source_info: None,
            version: None,
        }
    }
}

impl From<ExecuteOptions> for v1::ExecuteRequest {
    fn from(options: ExecuteOptions) -> Self {
        Self {
            environment: options.environment,
            variables: options.variables,
            options: Some(v1::ExecuteOptions {
                sign: Some(options.sign),
                verify: Some(options.verify),
                cache: Some(options.cache),
            }),
            source: options.source,
            source_info: options.source_info,
            version: options.version,
        }
    }
}
