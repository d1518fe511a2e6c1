//! Executions: one run of one version of a pipeline, and its steps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Timestamp;
use super::open_enum::open_enum;
use crate::error::{Error, ErrorKind};

open_enum! {
    /// Where an execution is in its life: `queued → running → completed | failed | cancelled`.
    ///
    /// ```
    /// use attest_core::v1::ExecutionStatus;
    ///
    /// assert!(ExecutionStatus::from("cancelled").is_terminal());
    /// let of_a_newer_server = ExecutionStatus::from("paused");
    /// assert_eq!(of_a_newer_server, ExecutionStatus::Other("paused".to_owned()));
    /// assert!(!of_a_newer_server.is_terminal());
    /// ```
    ExecutionStatus {
        /// Accepted, waiting for a free slot.
        Queued = "queued",
        /// At work.
        Running = "running",
        /// Every step exited 0.
        Completed = "completed",
        /// A step failed, or the execution itself did.
        Failed = "failed",
        /// Somebody ended it.
        Cancelled = "cancelled",
    }
}

impl ExecutionStatus {
    /// Whether nothing will change any more. A status this version does not know is not terminal.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

open_enum! {
    /// Where a step is in its life.
    ///
    /// ```
    /// use attest_core::v1::StepStatus;
    ///
    /// let ended = StepStatus::from("timed_out");
    /// let went_wrong = matches!(ended, StepStatus::Failed | StepStatus::TimedOut);
    /// assert!(went_wrong && ended.is_terminal());
    /// ```
    StepStatus {
        /// Not started.
        Pending = "pending",
        /// At work.
        Running = "running",
        /// Exited 0 with its outputs present.
        Completed = "completed",
        /// Exited otherwise, or the engine failed it.
        Failed = "failed",
        /// Ended by its own time limit.
        TimedOut = "timed_out",
        /// Never started, since a step it needs did not complete.
        Skipped = "skipped",
        /// Ended, or never started, since the execution was cancelled.
        Cancelled = "cancelled",
    }
}

impl StepStatus {
    /// Whether nothing will change any more. A status this version does not know is not terminal.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Failed | Self::TimedOut | Self::Skipped | Self::Cancelled
        )
    }
}

/// Options of an execution. What is absent is true.
///
/// ```
/// use attest_core::v1::ExecuteOptions;
///
/// let afresh = ExecuteOptions { cache: Some(false), ..ExecuteOptions::default() };
/// assert_eq!(serde_json::to_string(&afresh)?, r#"{"cache":false}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecuteOptions {
    /// Whether the receipt is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<bool>,
    /// Whether the server checks signature and outputs again before it stores the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<bool>,
    /// Whether step results may come from the cache, and be kept in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<bool>,
}

/// Where the source of an execution comes from, in the caller's words: nothing here is checked by the server.
///
/// ```
/// use attest_core::v1::SourceInfo;
///
/// let info = SourceInfo {
///     commit: Some("5be1c9f8a0d4e7b2c3f6a19885d0e4b7c2a3f6d1".to_owned()),
///     tracked_dirty: Some(false),
///     ..SourceInfo::default()
/// };
/// assert_eq!(info.repository, None, "not said");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// Address of the repository. A server keeps it without a password or a query: receipts are public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The commit that was checked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The branch that was checked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Whether a tracked file differed from the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracked_dirty: Option<bool>,
}

/// Body of `POST /v1/pipelines/{id}/executions`; it may be empty.
///
/// ```
/// use attest_core::v1::ExecuteRequest;
///
/// let request = ExecuteRequest {
///     environment: Some("staging".to_owned()),
///     variables: [("VERSION".to_owned(), "1.4.0".to_owned())].into(),
///     ..ExecuteRequest::default()
/// };
/// let body = r#"{"environment":"staging","variables":{"VERSION":"1.4.0"}}"#;
/// assert_eq!(serde_json::to_string(&request)?, body);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecuteRequest {
    /// Name of the environment, `ATTEST_ENVIRONMENT` to the steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Environment variables of every step. Attested and public: never secrets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// Signing, checking, caching.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<ExecuteOptions>,
    /// An uploaded source, `tree:blake3:…`; the operator's directory where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Where the source comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_info: Option<SourceInfo>,
    /// The version of the pipeline; the newest where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

/// Answer of `POST /v1/pipelines/{id}/executions`.
///
/// ```
/// use attest_core::v1::{ExecutionStarted, ExecutionStatus};
///
/// let text = r#"{"execution_id": "exec_1", "status": "queued", "started_at": null}"#;
/// let started: ExecutionStarted = serde_json::from_str(text)?;
/// assert_eq!(started.status, ExecutionStatus::Queued, "no slot is free yet");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExecutionStarted {
    /// `exec_…`, opaque.
    pub execution_id: String,
    /// `running` where a slot was free, else `queued`.
    pub status: ExecutionStatus,
    /// When it began; null while queued.
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    /// Relative address of the pipeline.
    #[serde(default)]
    pub pipeline_url: String,
    /// Relative address of the logs.
    #[serde(default)]
    pub logs_url: String,
    /// Relative address of the receipt.
    #[serde(default)]
    pub receipt_url: String,
}

/// One step of an [`Execution`].
///
/// ```
/// use attest_core::v1::ExecutionStep;
///
/// let text = r#"{"name": "build", "status": "failed", "exit_code": 2, "duration_seconds": 0.25}"#;
/// let step: ExecutionStep = serde_json::from_str(text)?;
/// assert_eq!((step.exit_code, step.cache_hit), (Some(2), false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExecutionStep {
    /// The step's name.
    pub name: String,
    /// Where it is in its life.
    pub status: StepStatus,
    /// Its own exit code; 124 timeout, 125 failed by the engine, 128+n signal n; null while it has none.
    #[serde(default)]
    pub exit_code: Option<i32>,
    /// Seconds it ran, with at most three decimals.
    #[serde(default)]
    pub duration_seconds: Option<f64>,
    /// Whether its result came from the cache.
    #[serde(default)]
    pub cache_hit: bool,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// `blake3:…` of its input manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_hash: Option<String>,
    /// `blake3:…` of its output manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_hash: Option<String>,
}

/// Why an execution failed.
///
/// ```
/// use attest_core::v1::Failure;
///
/// let text = r#"{"step": "build", "reason": "missing_output", "message": "out/app was not written"}"#;
/// let failure: Failure = serde_json::from_str(text)?;
/// let step = failure.step.as_deref().unwrap_or("the execution");
/// assert_eq!(format!("{step}: {}", failure.message), "build: out/app was not written");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The step that failed first, where it was a step.
    #[serde(default)]
    pub step: Option<String>,
    /// A stable word, such as `exit_code`, `timeout`, `missing_output`, `worker_lost`.
    #[serde(default)]
    pub reason: String,
    /// What happened, for people.
    #[serde(default)]
    pub message: String,
}

/// An execution as it is now.
///
/// ```
/// use attest_core::v1::Execution;
///
/// let text = r#"{
///   "id": "exec_1", "status": "failed", "exit_code": 2,
///   "steps": [{"name": "build", "status": "failed", "exit_code": 2}],
///   "failure": {"step": "build", "reason": "exit_code", "message": "step build exited 2"}
/// }"#;
/// let execution: Execution = serde_json::from_str(text)?;
/// let error = execution.raise_for_status().unwrap_err();
/// assert_eq!(error.to_string(), "execution exec_1 is failed: step build exited 2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// `exec_…`, opaque.
    pub id: String,
    /// The pipeline it is of.
    #[serde(default)]
    pub pipeline_id: String,
    /// Where it is in its life.
    pub status: ExecutionStatus,
    /// That of its first failing step; 125 where none failed but the execution did; null while it runs and when
    /// cancelled.
    #[serde(default)]
    pub exit_code: Option<i32>,
    /// When it began; null while queued.
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default)]
    pub completed_at: Option<Timestamp>,
    /// Seconds from beginning to end, with at most three decimals.
    #[serde(default)]
    pub duration_seconds: Option<f64>,
    /// Its steps, in the order of the pipeline.
    #[serde(default)]
    pub steps: Vec<ExecutionStep>,
    /// Name of the environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// When it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// The version of the pipeline that it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline_version: Option<u64>,
    /// `blake3:…` of the effective pipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline_hash: Option<String>,
    /// `blake3:…` of the receipt, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_hash: Option<String>,
    /// Why it failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

impl Execution {
    /// An error where it did not complete, naming the reason.
    ///
    /// # Errors
    /// [`ErrorKind::ApiError`] where it failed or was cancelled, or is not over yet.
    pub fn raise_for_status(&self) -> Result<(), Error> {
        if self.status == ExecutionStatus::Completed {
            return Ok(());
        }
        let why = self
            .failure
            .as_ref()
            .map_or_else(String::new, |failure| format!(": {}", failure.message));
        Err(Error::new(
            ErrorKind::ApiError,
            format!("execution {} is {}{why}", self.id, self.status),
        ))
    }
}

/// Answer of `GET /v1/executions`.
///
/// ```
/// # use attest_core::v1::ExecutionList;
/// let text = r#"{"executions": [{"id": "exec_9", "status": "running"}], "has_more": true, "next_cursor": "c9"}"#;
/// let list: ExecutionList = serde_json::from_str(text)?;
/// assert!(list.executions.iter().any(|execution| !execution.status.is_terminal()));
/// assert_eq!(list.next_cursor.as_deref(), Some("c9"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExecutionList {
    /// This page.
    #[serde(default)]
    pub executions: Vec<Execution>,
    /// How many the filter selects in all.
    #[serde(default)]
    pub total: u64,
    /// Whether a further page exists.
    #[serde(default)]
    pub has_more: bool,
    /// Where the next page starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}
