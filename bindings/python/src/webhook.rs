//! Webhooks.

use attest_bindings_support::webhook;
use pyo3::prelude::*;

use crate::work;

/// Whether `signature` is that of `payload` by `secret`.
#[pyfunction]
pub(crate) fn verify_webhook(
    py: Python<'_>,
    payload: &[u8],
    signature: &[u8],
    secret: &[u8],
) -> PyResult<bool> {
    work::on(py, payload.len(), || {
        Ok(webhook::verify(payload, signature, secret))
    })
}
