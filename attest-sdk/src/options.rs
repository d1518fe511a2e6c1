//! What a caller gives: a pipeline's definition and the options of an execution, in the specification's own shapes.
//!
//! The structs hold exactly the specification's public fields, so that its programs compile. Whatever else the API takes
//! is in [`CreatePipeline`] and [`v1::Config`].

use std::collections::BTreeMap;

use crate::v1::{self, CreatePipeline, SourceInfo, StepConfig};

/// A pipeline to create. For a description, an environment and more: [`CreatePipeline`].
///
/// ```
/// use attest_sdk::{Config, CreatePipeline, PipelineConfig, Step};
///
/// let step = Step { name: "build".to_owned(), run: "make".to_owned(), ..Step::default() };
/// let config = Config { version: "0.1".to_owned(), steps: vec![step] };
/// let pipeline = PipelineConfig { name: "app".to_owned(), config };
/// // The API knows more of a pipeline than the specification's struct: take it from there.
/// let mut described = CreatePipeline::from(pipeline);
/// described.description = Some("Builds the app".to_owned());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PipelineConfig {
    /// The pipeline's name.
    pub name: String,
    /// What it runs.
    pub config: Config,
}

/// What a pipeline runs.
///
/// ```
/// use attest_sdk::{Config, pipeline::Definition};
///
/// let config = Config { version: "0.1".to_owned(), steps: Vec::new() };
/// // What the server would refuse can be known before it is asked.
/// let problems = Definition::from_config(Some("app"), &config.into()).unwrap_err();
/// assert_eq!(problems.first().field, "steps");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The version its author gave; any non-empty text.
    pub version: String,
    /// The steps.
    pub steps: Vec<Step>,
}

/// One step. For an environment, a working directory, a time limit and more: [`StepConfig`].
///
/// ```
/// use attest_sdk::{Step, StepConfig};
///
/// let test = Step {
///     name: "test".to_owned(),
///     run: "make test".to_owned(),
///     needs: vec!["build".to_owned()],
///     ..Step::default()
/// };
/// let at_most_a_minute = StepConfig { timeout_secs: Some(60), ..test.into() };
/// assert_eq!(at_most_a_minute.run, "make test");
/// ```
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
///
/// ```
/// use attest_sdk::ExecuteOptions;
///
/// let options = ExecuteOptions {
///     environment: Some("production".to_owned()),
///     variables: [("VERSION".to_owned(), "1.4.0".to_owned())].into(),
///     ..ExecuteOptions::default()
/// };
/// assert!(options.sign && options.verify && options.cache);
/// ```
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
