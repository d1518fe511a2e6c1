//! The event loop that a result is told to.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use pyo3_async_runtimes::TaskLocals;

/// A loop that may be closed while calls of it are under way: nobody is left to be told then, and that is no error.
#[pyclass(frozen, module = "attest_sdk._native")]
pub(crate) struct EventLoop(Py<PyAny>);

impl EventLoop {
    /// What a call of the running loop needs.
    pub(crate) fn locals(py: Python<'_>) -> PyResult<TaskLocals> {
        let running = TaskLocals::with_running_loop(py)?;
        let quiet = Self(running.event_loop(py).unbind());
        Ok(TaskLocals::new(Bound::new(py, quiet)?.into_any()))
    }
}

#[pymethods]
impl EventLoop {
    fn create_future(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.0.call_method0(py, "create_future")
    }

    #[pyo3(signature = (*what, **how))]
    fn call_soon_threadsafe(
        &self,
        py: Python<'_>,
        what: &Bound<'_, PyTuple>,
        how: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let told = self.0.call_method(py, "call_soon_threadsafe", what, how);
        match told {
            Err(error) if !self.0.call_method0(py, "is_closed")?.is_truthy(py)? => Err(error),
            _ => Ok(()),
        }
    }
}
