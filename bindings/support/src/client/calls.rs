//! The calls of a client. Each takes JSON where the API takes a body and answers with JSON, the model as the server sent
//! it; ids are texts. Each can be cancelled, and is guarded.

use std::time::Duration;

use attest_sdk::{
    BulkOutcome, CreatePipeline, Error, ErrorKind, Execution, ExecutionStatus, LogFilter, Page,
    PipelineQuery, ReceiptOptions, v1,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::Client;
use crate::{Cancel, EventStream, LogStream, Pending, Receipt, failure, json};

/// Which pipelines are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Query {
    name: Option<String>,
    status: Option<v1::PipelineStatus>,
    limit: Option<u32>,
    offset: Option<u64>,
    sort: Option<String>,
    cursor: Option<String>,
}

/// Which log lines are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Lines {
    step: Option<String>,
    level: Option<v1::LogLevel>,
    stream: Option<v1::LogStream>,
    /// After the line at this position.
    after: u64,
}

fn request<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, Error> {
    json::object(ErrorKind::ValidationError, what, bytes)
}

/// Pipelines.
impl Client {
    /// `POST /v1/pipelines`: `{name, description?, config}` to the pipeline.
    #[must_use]
    pub fn create_pipeline(&self, body: &[u8], cancel: Option<Cancel>) -> Pending<String> {
        let (sdk, body) = (self.sdk(), body.to_vec());
        self.calling(cancel, async move {
            let body: CreatePipeline = request("the pipeline", &body)?;
            json::write(sdk.pipelines().create(body).await?.data())
        })
    }

    /// `GET /v1/pipelines/{id}`.
    #[must_use]
    pub fn get_pipeline(&self, id: &str, cancel: Option<Cancel>) -> Pending<String> {
        let (sdk, id) = (self.sdk(), id.to_owned());
        self.calling(cancel, async move {
            json::write(sdk.pipelines().get(&id).await?.data())
        })
    }

    /// `GET /v1/pipelines`: `{name?, status?, limit?, offset?, sort?, cursor?}` to one page.
    #[must_use]
    pub fn list_pipelines(&self, query: &[u8], cancel: Option<Cancel>) -> Pending<String> {
        let (sdk, query) = (self.sdk(), query.to_vec());
        self.calling(cancel, async move {
            let query: Query = request("the query", &query)?;
            let query = PipelineQuery {
                name: query.name,
                status: query.status,
                page: Page {
                    limit: query.limit,
                    offset: query.offset,
                    sort: query.sort,
                    cursor: query.cursor,
                },
            };
            let page = sdk.pipelines().list(&query).await?;
            json::write(&v1::PipelineList {
                pipelines: page
                    .pipelines
                    .iter()
                    .map(|one| one.data().clone())
                    .collect(),
                total: page.total,
                has_more: page.has_more,
                next_cursor: page.next_cursor,
            })
        })
    }

    /// `POST /v1/pipelines/{id}/executions`: the body of the API, or `{}`, to the execution.
    #[must_use]
    pub fn execute_pipeline(
        &self,
        id: &str,
        body: &[u8],
        cancel: Option<Cancel>,
    ) -> Pending<String> {
        let (sdk, id, body) = (self.sdk(), id.to_owned(), body.to_vec());
        self.calling(cancel, async move {
            let body: v1::ExecuteRequest = request("the execution's options", &body)?;
            json::write(sdk.pipelines().execute(&id, body).await?.state())
        })
    }

    /// `POST /v1/executions/bulk`: a list of `{pipeline_id, …the body of the API}` to
    /// `{"results": [{"index", "execution"} | {"index", "error"}]}`, in the order of the list.
    #[must_use]
    pub fn bulk_execute(&self, body: &[u8], cancel: Option<Cancel>) -> Pending<String> {
        let (sdk, body) = (self.sdk(), body.to_vec());
        self.calling(cancel, async move {
            let body: Vec<v1::BulkItem> =
                json::read(ErrorKind::ValidationError, "the executions", &body)?;
            let outcomes = sdk.pipelines().bulk_execute(body).await?;
            let result = |outcome: &BulkOutcome| match &outcome.execution {
                Ok(execution) => json!({"index": outcome.index, "execution": execution.state()}),
                Err(error) => json!({"index": outcome.index, "error": failure::value(error)}),
            };
            let results: Vec<_> = outcomes.iter().map(result).collect();
            json::write(&json!({ "results": results }))
        })
    }
}

/// Executions. All but their id is the server's.
impl Client {
    /// `GET /v1/executions/{id}`.
    #[must_use]
    pub fn get_execution(&self, id: &str, cancel: Option<Cancel>) -> Pending<String> {
        let (sdk, id) = (self.sdk(), id.to_owned());
        self.calling(cancel, async move {
            json::write(sdk.executions().get(&id).await?.state())
        })
    }

    /// `POST /v1/executions/{id}/cancel`.
    #[must_use]
    pub fn cancel_execution(&self, id: &str, cancel: Option<Cancel>) -> Pending<String> {
        let execution = self.execution(id, None);
        self.calling(cancel, async move {
            json::write(execution.cancel().await?.state())
        })
    }

    /// Waits until the execution is over, for at most `timeout` where there is one.
    #[must_use]
    pub fn wait_for_completion(
        &self,
        id: &str,
        timeout: Option<Duration>,
        cancel: Option<Cancel>,
    ) -> Pending<String> {
        let execution = self.execution(id, None);
        self.calling(cancel, async move {
            let over = match timeout {
                Some(timeout) => execution.wait_for_completion_within(timeout).await?,
                None => execution.wait_for_completion().await?,
            };
            json::write(over.state())
        })
    }

    /// Its receipt, with the client's verifier.
    #[must_use]
    pub fn get_receipt(
        &self,
        id: &str,
        allow_failed: bool,
        cancel: Option<Cancel>,
    ) -> Pending<Receipt> {
        let execution = self.execution(id, None);
        self.calling(cancel, async move {
            let receipt = execution
                .get_receipt_with(ReceiptOptions { allow_failed })
                .await?;
            Ok(Receipt::of(receipt))
        })
    }

    /// Its log: `{step?, level?, stream?, after?}`. Nothing is asked of the server yet.
    ///
    /// # Errors
    /// [`ErrorKind::ValidationError`] for a filter that cannot be read.
    pub fn stream_logs(&self, id: &str, filter: &[u8]) -> Result<LogStream, Error> {
        let lines: Lines = request("the log filter", filter)?;
        let filter = LogFilter {
            step: lines.step,
            level: lines.level,
            stream: lines.stream,
        };
        let stream = self.execution(id, None).follow_logs(filter, lines.after);
        Ok(LogStream::of(self.clone(), stream))
    }

    /// Its changes, from the status that the caller knows. Nothing is asked of the server yet.
    #[must_use]
    pub fn stream_events(&self, id: &str, known_status: Option<&str>) -> EventStream {
        let execution = self.execution(id, known_status.map(ExecutionStatus::from));
        EventStream::of(self.clone(), execution.events())
    }

    fn execution(&self, id: &str, status: Option<ExecutionStatus>) -> Execution {
        let status = status.unwrap_or(ExecutionStatus::Queued);
        self.sdk().executions().resume(id, status)
    }
}

/// The cache.
impl Client {
    /// `GET /v1/cache/stats`.
    #[must_use]
    pub fn cache_stats(&self, cancel: Option<Cancel>) -> Pending<String> {
        let sdk = self.sdk();
        self.calling(
            cancel,
            async move { json::write(&sdk.cache().stats().await?) },
        )
    }
}
