//! Awaitables run on the runtime that the blocking calls use: one per process, also after a fork.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use attest_bindings_support::runtime;
use pyo3_async_runtimes::TaskLocals;
use pyo3_async_runtimes::generic::{ContextExt, JoinError, Runtime};

use crate::ending;

/// The runtime of this process.
pub(crate) struct Shared;

impl Runtime for Shared {
    type JoinError = Ended;
    type JoinHandle = Joining;

    fn spawn<F: Future<Output = ()> + Send + 'static>(work: F) -> Joining {
        Joining(runtime::handle().ok().map(|runtime| runtime.spawn(work)))
    }

    /// Only ever asked for to tell Python a result.
    fn spawn_blocking<F: FnOnce() + Send + 'static>(work: F) -> Joining {
        let work = || ending::deliver(work);
        Joining(
            runtime::handle()
                .ok()
                .map(|runtime| runtime.spawn_blocking(work)),
        )
    }
}

impl ContextExt for Shared {
    fn scope<F, R>(_locals: TaskLocals, work: F) -> Pin<Box<dyn Future<Output = R> + Send>>
    where
        F: Future<Output = R> + Send + 'static,
    {
        // Nothing that runs here calls back into Python.
        Box::pin(work)
    }

    fn get_task_locals() -> Option<TaskLocals> {
        None
    }
}

/// A task that was started; none where the system had no threads, which the caller looked at before.
pub(crate) struct Joining(Option<tokio::task::JoinHandle<()>>);

impl Future for Joining {
    type Output = Result<(), Ended>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Some(task) => Pin::new(task)
                .poll(context)
                .map(|end| end.map_err(|end| Ended(Some(end)))),
            None => Poll::Ready(Err(Ended(None))),
        }
    }
}

/// A task that ended before its time.
pub(crate) struct Ended(Option<tokio::task::JoinError>);

impl JoinError for Ended {
    fn is_panic(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(tokio::task::JoinError::is_panic)
    }

    fn into_panic(self) -> Box<dyn Any + Send + 'static> {
        match self.0.map(tokio::task::JoinError::try_into_panic) {
            Some(Ok(payload)) => payload,
            _ => Box::new("the task was cancelled"),
        }
    }
}
