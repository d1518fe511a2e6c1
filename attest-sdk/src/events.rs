//! The changes of an execution as a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use attest_core::client::{Changes, Driver, ExecutionEvent};
use futures::stream::{self, BoxStream, Stream, StreamExt, TryStreamExt};

use crate::Error;

/// What happens to an execution, each change once and in order, until it is over.
///
/// ```no_run
/// # async fn run(execution: attest_sdk::Execution) -> Result<(), attest_sdk::Error> {
/// use attest_sdk::ExecutionEvent;
///
/// let mut events = execution.events();
/// while let Some(event) = events.try_next().await? {
///     if let ExecutionEvent::StepCompleted { step } = event {
///         println!("{} is {} after {:?} s", step.name, step.status, step.duration_seconds);
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct EventStream {
    events: BoxStream<'static, Result<ExecutionEvent, Error>>,
}

impl EventStream {
    pub(crate) fn new(driver: Driver, changes: Changes) -> Self {
        let events = stream::try_unfold((driver, changes), |(driver, mut changes)| async move {
            let event = driver.run(&mut changes).await?;
            Ok::<_, Error>(event.map(|event| (event, (driver, changes))))
        });
        Self {
            events: events.boxed(),
        }
    }

    /// The next change; `Ok(None)` once the execution is over and everything was told. Asking can be given up and repeated.
    ///
    /// # Errors
    /// As any call's, after five transient failures in a row.
    pub async fn try_next(&mut self) -> Result<Option<ExecutionEvent>, Error> {
        self.events.try_next().await
    }
}

impl Stream for EventStream {
    type Item = Result<ExecutionEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.events.poll_next_unpin(context)
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("EventStream")
            .finish_non_exhaustive()
    }
}
