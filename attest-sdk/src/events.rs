//! The changes of an execution as a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use attest_core::client::{Changes, Driver, ExecutionEvent};
use futures::stream::{Stream, TryStreamExt};

use crate::Error;
use crate::repeated::Repeated;

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
    changes: Repeated<Changes>,
}

impl EventStream {
    pub(crate) fn new(driver: Driver, changes: Changes) -> Self {
        Self {
            changes: Repeated::new(driver, changes),
        }
    }

    /// The next change; `Ok(None)` once the execution is over and everything was told. Asking can be given up and repeated:
    /// a request that is under way goes on with the next ask, and is let go of with the stream or by
    /// [`let_go`](Self::let_go).
    ///
    /// # Errors
    /// As any call's, after five transient failures in a row.
    pub async fn try_next(&mut self) -> Result<Option<ExecutionEvent>, Error> {
        TryStreamExt::try_next(self).await
    }

    /// Lets go of a request that is under way, and of its connection. The next ask makes it again: nothing is lost.
    pub fn let_go(&mut self) {
        self.changes.let_go();
    }
}

impl Stream for EventStream {
    type Item = Result<ExecutionEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.changes.poll_next(context).map(Result::transpose)
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("EventStream")
            .finish_non_exhaustive()
    }
}
