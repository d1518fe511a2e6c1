//! Work that never meets the network: guarded, and without the interpreter's lock where it may take long.

use attest_bindings_support::{Error, guard};
use pyo3::prelude::*;

use crate::failure::exception;

/// From this many bytes on, other Python threads run meanwhile. Below, handing the lock over costs more than it gives.
const LARGE: usize = 64 * 1024;

/// Does `work` on `size` bytes of input.
pub(crate) fn on<T: Send>(
    py: Python<'_>,
    size: usize,
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> PyResult<T> {
    if size > LARGE {
        detached(py, work)
    } else {
        guard::call(work).map_err(|error| exception(py, &error))
    }
}

/// Does `work` while other Python threads run.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> PyResult<T> {
    py.detach(|| guard::call(work))
        .map_err(|error| exception(py, &error))
}
