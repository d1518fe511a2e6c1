//! Many executions by one call.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ErrorBody, ExecuteOptions, ExecuteRequest, ExecutionStarted, SourceInfo};

/// Body of `POST /v1/executions/bulk`: 1 to 100 executions.
///
/// ```
/// use attest_core::v1::{BulkItem, BulkRequest, ExecuteRequest};
///
/// let pipelines = ["pip_lib", "pip_app"];
/// let executions = pipelines.map(|id| BulkItem::new(id, ExecuteRequest::default())).into();
/// let body = serde_json::to_string(&BulkRequest { executions })?;
/// assert_eq!(body, r#"{"executions":[{"pipeline_id":"pip_lib"},{"pipeline_id":"pip_app"}]}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkRequest {
    /// What to execute.
    #[serde(default)]
    pub executions: Vec<BulkItem>,
}

/// One execution to start: a pipeline's id, and what [`ExecuteRequest`] has.
///
/// Its fields are repeated here and not flattened into it: a reader that looks for unknown fields cannot look into what is
/// flattened, and a misspelt one would pass.
///
/// ```
/// use attest_core::v1::{BulkItem, ExecuteRequest};
///
/// let request = ExecuteRequest { environment: Some("staging".to_owned()), ..ExecuteRequest::default() };
/// let item = BulkItem::new("pip_app", request.clone());
/// assert_eq!(item.into_parts(), ("pip_app".to_owned(), request));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkItem {
    /// The pipeline.
    #[serde(default)]
    pub pipeline_id: String,
    /// As in [`ExecuteRequest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// As in [`ExecuteRequest`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// As in [`ExecuteRequest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<ExecuteOptions>,
    /// As in [`ExecuteRequest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// As in [`ExecuteRequest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_info: Option<SourceInfo>,
    /// As in [`ExecuteRequest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

impl BulkItem {
    /// An execution of that pipeline.
    #[must_use]
    pub fn new(pipeline_id: impl Into<String>, request: ExecuteRequest) -> Self {
        let ExecuteRequest {
            environment,
            variables,
            options,
            source,
            source_info,
            version,
        } = request;
        Self {
            pipeline_id: pipeline_id.into(),
            environment,
            variables,
            options,
            source,
            source_info,
            version,
        }
    }

    /// The pipeline's id, and the rest.
    #[must_use]
    pub fn into_parts(self) -> (String, ExecuteRequest) {
        let request = ExecuteRequest {
            environment: self.environment,
            variables: self.variables,
            options: self.options,
            source: self.source,
            source_info: self.source_info,
            version: self.version,
        };
        (self.pipeline_id, request)
    }
}

/// Answer of `POST /v1/executions/bulk`.
///
/// ```
/// # use attest_core::v1::BulkResponse;
/// let text = r#"{"results": [
///   {"index": 0, "status": 201, "execution": {"execution_id": "exec_1", "status": "queued"}},
///   {"index": 1, "status": 404, "error": {"code": "RESOURCE_NOT_FOUND", "message": "no such pipeline"}}
/// ]}"#;
/// let response: BulkResponse = serde_json::from_str(text)?;
/// let started: Vec<_> = response.results.iter().filter_map(|result| result.execution.as_ref()).collect();
/// assert_eq!(started.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BulkResponse {
    /// One for each execution asked for, in their order.
    pub results: Vec<BulkResult>,
}

/// What became of one execution asked for: `execution` or `error`.
///
/// ```
/// # use attest_core::v1::BulkResult;
/// let text = r#"{"index": 1, "status": 404, "error": {"code": "RESOURCE_NOT_FOUND", "message": "no such pipeline"}}"#;
/// let result: BulkResult = serde_json::from_str(text)?;
/// match (&result.execution, &result.error) {
///     (Some(started), _) => println!("{} is {}", started.execution_id, started.status),
///     (None, Some(error)) => println!("number {}: {}", result.index, error.message),
///     (None, None) => return Err("neither".into()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BulkResult {
    /// Its place in the request, from 0.
    pub index: usize,
    /// The status that a call for it alone would have had.
    #[serde(default)]
    pub status: u16,
    /// It was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<ExecutionStarted>,
    /// It was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorBody>,
}
