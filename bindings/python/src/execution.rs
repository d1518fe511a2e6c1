//! What can be said of an execution by its JSON alone.

use attest_bindings_support::execution;
use pyo3::prelude::*;

use crate::work;

/// Raises where the execution of that JSON did not complete.
#[pyfunction]
pub(crate) fn raise_for_status(py: Python<'_>, execution: &[u8]) -> PyResult<()> {
    work::on(py, 0, || execution::raise_for_status(execution))
}
