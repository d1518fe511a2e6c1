//! Errors as the exceptions that `attest_sdk.exceptions` defines.

use attest_bindings_support::{Error, failure};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The exception of an error. Its class, message and attributes are the Python side's business.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    static OF_FAILURE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let exception = OF_FAILURE
        .import(py, "attest_sdk._failure", "exception_of")
        .and_then(|of_failure| of_failure.call1((failure::json(error),)));
    exception.map_or_else(|broken| broken, PyErr::from_value)
}
