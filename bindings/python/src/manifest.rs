//! Hashing files and bytes.

use std::path::PathBuf;

use attest_bindings_support::manifest;
use pyo3::prelude::*;

use crate::work;

/// The input manifest of a step, as JSON.
#[pyfunction]
pub(crate) fn hash_inputs(
    py: Python<'_>,
    workspace: PathBuf,
    run: &str,
    declared: &[u8],
) -> PyResult<String> {
    work::detached(py, || manifest::hash_inputs(&workspace, run, declared))
}

/// The output manifest of a step, as JSON.
#[pyfunction]
pub(crate) fn hash_outputs(
    py: Python<'_>,
    workspace: PathBuf,
    declared: &[u8],
) -> PyResult<String> {
    work::detached(py, || manifest::hash_outputs(&workspace, declared))
}

/// `blake3:…` of bytes.
#[pyfunction]
pub(crate) fn digest(py: Python<'_>, data: &[u8]) -> PyResult<String> {
    work::on(py, data.len(), || Ok(manifest::digest(data)))
}
