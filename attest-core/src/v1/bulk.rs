//! Many executions by one call.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ErrorBody, ExecuteOptions, ExecuteRequest, ExecutionStarted, SourceInfo};

/// Body of `POST /v1/executions/bulk`: 1 to 100 executions.
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BulkResponse {
    /// One for each execution asked for, in their order.
    pub results: Vec<BulkResult>,
}

/// What became of one execution asked for: `execution` or `error`.
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
