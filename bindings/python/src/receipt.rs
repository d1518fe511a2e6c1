//! Receipts.

use std::path::PathBuf;

use attest_bindings_support as support;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::call::Call;
use crate::key::SigningKey;
use crate::work;

/// A receipt.
#[pyclass(frozen, module = "attest_sdk._native")]
pub(crate) struct Receipt(support::Receipt);

impl Receipt {
    pub(crate) fn of(receipt: support::Receipt) -> Self {
        Self(receipt)
    }

    pub(crate) fn support(&self) -> &support::Receipt {
        &self.0
    }

    /// Bytes that judging it reads.
    pub(crate) fn size(&self) -> usize {
        self.0.raw().len()
    }
}

#[pymethods]
impl Receipt {
    #[new]
    fn new(py: Python<'_>, text: &[u8]) -> PyResult<Self> {
        work::on(py, text.len(), || support::Receipt::parse(text)).map(Self)
    }

    fn verify(&self, py: Python<'_>) -> PyResult<bool> {
        work::on(py, self.size(), || self.0.verify())
    }

    fn report(&self, py: Python<'_>) -> PyResult<String> {
        work::on(py, self.size(), || self.0.report())
    }

    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        work::on(py, self.size(), || Ok(self.0.to_json()))
    }

    fn to_yaml(&self, py: Python<'_>) -> PyResult<String> {
        work::on(py, self.size(), || Ok(self.0.to_yaml()))
    }

    fn raw<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        work::on(py, 0, || Ok(self.0.raw())).map(|raw| PyBytes::new(py, raw))
    }

    fn hash(&self, py: Python<'_>) -> PyResult<String> {
        work::on(py, self.size(), || Ok(self.0.hash()))
    }

    fn key_id(&self, py: Python<'_>) -> PyResult<Option<String>> {
        work::on(py, 0, || Ok(self.0.key_id()))
    }

    fn server_verification(&self, py: Python<'_>) -> PyResult<Option<String>> {
        work::on(py, 0, || self.0.server_verification())
    }

    fn to_dsse(
        &self,
        py: Python<'_>,
        workspace: PathBuf,
        key: &SigningKey,
        options: &[u8],
    ) -> PyResult<String> {
        work::detached(py, || self.0.to_dsse(&workspace, key.support(), options))
    }

    fn sign(&self, py: Python<'_>, key: &SigningKey) -> PyResult<Self> {
        work::on(py, self.size(), || self.0.sign(key.support())).map(Self)
    }

    fn recompute(
        &self,
        py: Python<'_>,
        workspace: PathBuf,
        pipeline: Option<Vec<u8>>,
    ) -> PyResult<Call> {
        work::on(py, 0, || {
            let work = support::recompute_later(&self.0, workspace, pipeline, None);
            Ok(Call::new(work))
        })
    }
}
