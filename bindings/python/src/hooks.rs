//! What the tests look at, and no release has.

use attest_bindings_support::hooks;
use pyo3::prelude::*;

use crate::call::{Call, Outcome};
use crate::work;

/// How many handles live in the native code.
#[pyfunction]
pub(crate) fn live_handles() -> isize {
    hooks::live_handles()
}

/// Panics beneath the guard.
#[pyfunction]
pub(crate) fn panic_at_once(py: Python<'_>) -> PyResult<()> {
    work::on(py, 0, || {
        hooks::panic_on_request();
        Ok(())
    })
}

/// A call that panics once it has begun.
#[pyfunction]
pub(crate) fn panic_later() -> Call {
    Call::new(Box::pin(async {
        hooks::panic_on_request();
        Ok(Outcome::Text(String::new()))
    }))
}
