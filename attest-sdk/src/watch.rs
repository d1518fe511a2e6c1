//! Watching an execution: its log and its changes in one, in the order in which they happened.

use std::fmt;

use attest_core::client::Follow;

use crate::{AttestClient, Error, Execution, LogEntry};

/// What is new about an execution.
///
/// ```no_run
/// use attest_sdk::Update;
///
/// # async fn run(mut watch: attest_sdk::Watch) -> Result<(), attest_sdk::Error> {
/// while let Some(Update { lines, execution }) = watch.next().await? {
///     lines.iter().for_each(|line| println!("[{}] {}", line.step, line.message));
///     if let Some(execution) = execution {
///         println!("it is {}", execution.status());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Update {
    /// Lines not given before, oldest first.
    pub lines: Vec<LogEntry>,
    /// The execution, where it changed. Every line that was written before has been given, or is
    /// among `lines`.
    pub execution: Option<Execution>,
}

/// An execution that is watched until it is over. Asking for the next update can be given up and repeated at any time.
///
/// ```no_run
/// # async fn run(execution: attest_sdk::Execution) -> Result<(), attest_sdk::Error> {
/// let mut watch = execution.watch();
/// let mut last = None;
/// while let Some(update) = watch.next().await? {
///     last = update.execution.or(last);
/// }
/// assert!(last.is_some_and(|execution| execution.status().is_terminal()));
/// # Ok(())
/// # }
/// ```
pub struct Watch {
    client: AttestClient,
    follow: Follow,
}

impl Watch {
    pub(crate) fn new(client: AttestClient, follow: Follow) -> Self {
        Self { client, follow }
    }

    /// What is new; `None` once the execution is over and everything was given.
    ///
    /// # Errors
    /// As any call's, after five transient failures in a row.
    pub async fn next(&mut self) -> Result<Option<Update>, Error> {
        let news = self.client.driver().run(&mut self.follow).await?;
        Ok(news.map(|news| Update {
            lines: news.lines,
            execution: news
                .execution
                .map(|state| Execution::of(self.client.clone(), state)),
        }))
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Watch")
            .field("position", &self.follow.position())
            .finish_non_exhaustive()
    }
}
