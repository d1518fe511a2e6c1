//! Executions: watch, wait, cancel, fetch what they made.

use std::time::Duration;

use attest_core::client::{Changes, Follow, LogFilter, Page, Wait, artifacts, executions};

use crate::v1::{self, Artifact, ExecutionStatus, LogPage};
use crate::{AttestClient, Download, Error, EventStream, LogStream, Watch};

/// The executions of a server.
///
/// ```no_run
/// use attest_sdk::{ExecutionStatus, Page};
///
/// # async fn run(client: attest_sdk::AttestClient) -> Result<(), attest_sdk::Error> {
/// let running = Some(&ExecutionStatus::Running);
/// for execution in client.executions().list(&Page::default(), None, running).await?.executions {
///     println!("{} of {}", execution.id(), execution.state().pipeline_id);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Executions {
    client: AttestClient,
}

/// One page of executions.
///
/// ```no_run
/// use attest_sdk::Page;
///
/// # async fn run(client: attest_sdk::AttestClient) -> Result<(), attest_sdk::Error> {
/// let mut wanted = Page { limit: Some(100), ..Page::default() };
/// loop {
///     let page = client.executions().list(&wanted, Some("pip_1"), None).await?;
///     println!("{} of {}", page.executions.len(), page.total);
///     wanted.cursor = match page.next_cursor {
///         Some(cursor) if page.has_more => Some(cursor),
///         _ => break,
///     };
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ExecutionPage {
    /// This page.
    pub executions: Vec<Execution>,
    /// How many the filter selects in all.
    pub total: u64,
    /// Whether a further page exists.
    pub has_more: bool,
    /// Where the next page starts.
    pub next_cursor: Option<String>,
}

impl Executions {
    pub(crate) fn new(client: AttestClient) -> Self {
        Self { client }
    }

    fn one(&self, state: v1::Execution) -> Execution {
        Execution {
            client: self.client.clone(),
            state,
        }
    }

    /// The execution of that id.
    ///
    /// # Errors
    /// As any call's.
    pub async fn get(&self, id: &str) -> Result<Execution, Error> {
        Ok(self.one(self.client.driver().call(executions::get(id)?).await?))
    }

    /// An execution whose id is known from earlier, and which was in that status then. Nothing is asked of the server.
    #[must_use]
    pub fn resume(&self, id: impl Into<String>, status: ExecutionStatus) -> Execution {
        self.one(known(id.into(), status))
    }

    /// One page of executions, of one pipeline and one status where they are given.
    ///
    /// # Errors
    /// As any call's.
    pub async fn list(
        &self,
        page: &Page,
        pipeline_id: Option<&str>,
        status: Option<&ExecutionStatus>,
    ) -> Result<ExecutionPage, Error> {
        let list = self
            .client
            .driver()
            .call(executions::list(page, pipeline_id, status))
            .await?;
        Ok(ExecutionPage {
            executions: list
                .executions
                .into_iter()
                .map(|state| self.one(state))
                .collect(),
            total: list.total,
            has_more: list.has_more,
            next_cursor: list.next_cursor,
        })
    }
}

/// An execution, as the server last described it.
///
/// ```no_run
/// use std::time::Duration;
///
/// use attest_sdk::ErrorKind;
///
/// # async fn run(execution: attest_sdk::Execution) -> Result<(), attest_sdk::Error> {
/// let over = match execution.wait_for_completion_within(Duration::from_secs(300)).await {
///     Err(error) if error.kind() == ErrorKind::WaitTimeout => execution.cancel().await?,
///     result => result?,
/// };
/// over.raise_for_status()?;
/// assert!(over.get_receipt().await?.verify().await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Execution {
    client: AttestClient,
    state: v1::Execution,
}

impl Execution {
    pub(crate) fn started(
        client: AttestClient,
        pipeline_id: &str,
        started: v1::ExecutionStarted,
    ) -> Self {
        let state = v1::Execution {
            pipeline_id: pipeline_id.to_owned(),
            started_at: started.started_at,
            ..known(started.execution_id, started.status)
        };
        Self { client, state }
    }

    /// An execution of which a state is known.
    pub(crate) fn of(client: AttestClient, state: v1::Execution) -> Self {
        Self { client, state }
    }

    pub(crate) fn client(&self) -> &AttestClient {
        &self.client
    }

    /// `exec_…`, opaque.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.state.id
    }

    /// Where it was in its life when the server last described it.
    #[must_use]
    pub fn status(&self) -> &ExecutionStatus {
        &self.state.status
    }

    /// The exit code of its first failing step, 0 where it completed.
    #[must_use]
    pub fn exit_code(&self) -> Option<i32> {
        self.state.exit_code
    }

    /// Everything the server last said about it.
    #[must_use]
    pub fn state(&self) -> &v1::Execution {
        &self.state
    }

    /// Asks the server how it stands now.
    ///
    /// # Errors
    /// As any call's.
    pub async fn refresh(&mut self) -> Result<(), Error> {
        self.state = self
            .client
            .driver()
            .call(executions::get(self.id())?)
            .await?;
        Ok(())
    }

    /// Its log from the beginning, line after line, until it is over.
    ///
    /// # Errors
    /// None before the first line; later ones are the stream's.
    pub async fn stream_logs(&self) -> Result<LogStream, Error> {
        self.stream_logs_from(LogFilter::default(), 0).await
    }

    /// The lines that the filter selects, after the one at position `after`.
    ///
    /// # Errors
    /// As [`stream_logs`](Self::stream_logs).
    pub async fn stream_logs_from(
        &self,
        filter: LogFilter,
        after: u64,
    ) -> Result<LogStream, Error> {
        Ok(self.follow_logs(filter, after))
    }

    /// As [`stream_logs_from`](Self::stream_logs_from), at once: nothing is asked before the first line is.
    #[must_use]
    pub fn follow_logs(&self, filter: LogFilter, after: u64) -> LogStream {
        LogStream::new(self.client.driver().clone(), self.follow(filter, after))
    }

    /// Its log and its changes from the beginning, in the order in which they happened, until it is over.
    #[must_use]
    pub fn watch(&self) -> Watch {
        Watch::new(self.client.clone(), self.follow(LogFilter::default(), 0))
    }

    /// What happens to it from now on, each change once and in order, until it is over: steps that are over already come
    /// first, then whatever differs from the status this value has.
    #[must_use]
    pub fn events(&self) -> EventStream {
        let driver = self.client.driver().clone();
        let status = Some(self.state.status.clone());
        let changes = Changes::new(driver.config().clone(), self.id(), status, seed(self.id()));
        EventStream::new(driver, changes)
    }

    fn follow(&self, filter: LogFilter, after: u64) -> Follow {
        Follow::new(
            self.client.driver().config().clone(),
            self.id(),
            filter,
            after,
            seed(self.id()),
        )
    }

    /// The last `tail` lines that the filter selects; 1,000 where it is `None`.
    ///
    /// # Errors
    /// As any call's.
    pub async fn logs(&self, filter: &LogFilter, tail: Option<u32>) -> Result<LogPage, Error> {
        self.client
            .driver()
            .call(executions::logs(self.id(), filter, tail)?)
            .await
    }

    /// Waits until it is over, for as long as that takes. A failed execution is a result, not an error: see
    /// [`raise_for_status`](Self::raise_for_status).
    ///
    /// # Errors
    /// As any call's, after five transient failures in a row.
    pub async fn wait_for_completion(&self) -> Result<Self, Error> {
        self.wait(None).await
    }

    /// Waits until it is over, for at most that long. Nothing is cancelled when the time is up.
    ///
    /// # Errors
    /// [`ErrorKind::WaitTimeout`](crate::ErrorKind::WaitTimeout) with the execution as it was last seen; else as any call's.
    pub async fn wait_for_completion_within(&self, timeout: Duration) -> Result<Self, Error> {
        self.wait(Some(timeout)).await
    }

    async fn wait(&self, timeout: Option<Duration>) -> Result<Self, Error> {
        let driver = self.client.driver();
        let mut wait = Wait::new(driver.config().clone(), self.id(), timeout, seed(self.id()));
        Ok(Self {
            client: self.client.clone(),
            state: driver.run(&mut wait).await?,
        })
    }

    /// An error where it did not complete, naming the step and the reason.
    ///
    /// # Errors
    /// [`ErrorKind::ApiError`](crate::ErrorKind::ApiError) where it failed or was cancelled, or is not over yet.
    pub fn raise_for_status(&self) -> Result<(), Error> {
        self.state.raise_for_status()
    }

    /// Ends it. Harmless where it is over already.
    ///
    /// # Errors
    /// As any call's.
    pub async fn cancel(&self) -> Result<Self, Error> {
        let state = self
            .client
            .driver()
            .call(executions::cancel(self.id())?)
            .await?;
        Ok(Self {
            client: self.client.clone(),
            state,
        })
    }

    /// The exact text behind its `pipeline_hash`.
    ///
    /// # Errors
    /// As any call's.
    pub async fn pipeline_yaml(&self) -> Result<String, Error> {
        self.client
            .driver()
            .call(executions::pipeline_yaml(self.id())?)
            .await
    }

    /// The files its steps declared as outputs.
    ///
    /// # Errors
    /// As any call's.
    pub async fn artifacts(&self) -> Result<Vec<Artifact>, Error> {
        Ok(self
            .client
            .driver()
            .call(artifacts::list(self.id())?)
            .await?
            .artifacts)
    }

    /// One output file, streamed.
    ///
    /// # Errors
    /// As any call's.
    pub async fn download(&self, path: &str) -> Result<Download, Error> {
        self.client
            .driver()
            .download(artifacts::download(self.id(), path)?)
            .await
    }
}

/// What can be said of an execution of which only this is known.
fn known(id: String, status: ExecutionStatus) -> v1::Execution {
    v1::Execution {
        id,
        pipeline_id: String::new(),
        status,
        exit_code: None,
        started_at: None,
        completed_at: None,
        duration_seconds: None,
        steps: Vec::new(),
        environment: None,
        created_at: None,
        pipeline_version: None,
        pipeline_hash: None,
        receipt_hash: None,
        failure: None,
    }
}

/// Spreads clients that wait at once: by the execution and by the process, since neither alone tells two clients apart.
fn seed(id: &str) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(id)
}
