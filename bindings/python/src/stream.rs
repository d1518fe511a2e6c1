//! What comes piece by piece. Asking for more is a [`Call`]; taking what came is none, so that a call that is cancelled at the
//! very moment of an arrival loses nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex as Lock, MutexGuard, PoisonError};

use attest_bindings_support as support;
use attest_bindings_support::{Error, Pending};
use pyo3::prelude::*;
use tokio::sync::Mutex;

use crate::call::{Call, Outcome};
use crate::failure::exception;
use crate::home::Home;

/// Log lines.
#[pyclass(frozen, module = "attest_sdk._native")]
pub(crate) struct LogStream(Home<(support::LogStream, Arc<Pieces>)>);

/// Changes of an execution.
#[pyclass(frozen, module = "attest_sdk._native")]
pub(crate) struct EventStream(Home<(support::EventStream, Arc<Pieces>)>);

impl LogStream {
    pub(crate) fn of(stream: support::LogStream) -> Self {
        Self(Home::new((stream, Arc::default())))
    }
}

impl EventStream {
    pub(crate) fn of(stream: support::EventStream) -> Self {
        Self(Home::new((stream, Arc::default())))
    }
}

#[pymethods]
impl LogStream {
    /// Waits until there is a line to take; false at the end.
    fn more(&self, py: Python<'_>) -> PyResult<Call> {
        let (stream, pieces) = here(py, &self.0)?;
        Ok(pieces.clone().more(stream.next(None)))
    }

    /// The first line, as JSON, that came and was not taken.
    fn take(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(here(py, &self.0)?.1.kept().pop_front())
    }
}

#[pymethods]
impl EventStream {
    /// Waits until there is a change to take; false at the end.
    fn more(&self, py: Python<'_>) -> PyResult<Call> {
        let (stream, pieces) = here(py, &self.0)?;
        Ok(pieces.clone().more(stream.next(None)))
    }

    /// The first change, as JSON, that came and was not taken.
    fn take(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(here(py, &self.0)?.1.kept().pop_front())
    }
}

fn here<'a, T>(py: Python<'_>, home: &'a Home<T>) -> PyResult<&'a T> {
    home.get().map_err(|error| exception(py, &error))
}

/// What came and was not taken.
#[derive(Default)]
pub(crate) struct Pieces {
    kept: Lock<VecDeque<String>>,
    /// One ask at a time: the next one looks first at what this one left.
    turn: Mutex<()>,
}

impl Pieces {
    fn kept(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn more(self: Arc<Self>, next: Pending<Option<String>>) -> Call {
        Call::new::<Outcome>(Box::pin(async move {
            let _turn = self.turn.lock().await;
            if !self.kept().is_empty() {
                return Ok::<_, Error>(Outcome::More(true));
            }
            let piece = next.await?;
            let some = piece.is_some();
            self.kept().extend(piece);
            Ok(Outcome::More(some))
        }))
    }
}
