//! What comes piece by piece. Each asking for the next piece is a [`Call`].

use attest_bindings_support as support;
use pyo3::prelude::*;

use crate::call::Call;
use crate::failure::exception;
use crate::home::Home;

/// Log lines.
#[pyclass(frozen, module = "attest_sdk._native")]
pub(crate) struct LogStream(Home<support::LogStream>);

/// Changes of an execution.
#[pyclass(frozen, module = "attest_sdk._native")]
pub(crate) struct EventStream(Home<support::EventStream>);

impl LogStream {
    pub(crate) fn of(stream: support::LogStream) -> Self {
        Self(Home::new(stream))
    }
}

impl EventStream {
    pub(crate) fn of(stream: support::EventStream) -> Self {
        Self(Home::new(stream))
    }
}

#[pymethods]
impl LogStream {
    /// The next line as JSON; `None` at the end.
    fn next(&self, py: Python<'_>) -> PyResult<Call> {
        let stream = self.0.get().map_err(|error| exception(py, &error))?;
        Ok(Call::new(stream.next(None)))
    }
}

#[pymethods]
impl EventStream {
    /// The next change as JSON; `None` at the end.
    fn next(&self, py: Python<'_>) -> PyResult<Call> {
        let stream = self.0.get().map_err(|error| exception(py, &error))?;
        Ok(Call::new(stream.next(None)))
    }
}
