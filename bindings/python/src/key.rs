//! Private keys.

use attest_bindings_support as support;
use pyo3::prelude::*;

use crate::work;

/// A private key.
#[pyclass(frozen, module = "attest_sdk._native")]
pub(crate) struct SigningKey(support::SigningKey);

impl SigningKey {
    pub(crate) fn support(&self) -> &support::SigningKey {
        &self.0
    }
}

#[pymethods]
impl SigningKey {
    #[staticmethod]
    fn generate(py: Python<'_>) -> PyResult<Self> {
        work::on(py, 0, support::SigningKey::generate).map(Self)
    }

    #[staticmethod]
    fn from_pem(py: Python<'_>, pem: &str) -> PyResult<Self> {
        work::on(py, pem.len(), || support::SigningKey::from_pem(pem)).map(Self)
    }

    fn to_pem(&self, py: Python<'_>) -> PyResult<String> {
        work::on(py, 0, || Ok(self.0.to_pem().as_str().to_owned()))
    }

    fn public_key(&self, py: Python<'_>) -> PyResult<String> {
        work::on(py, 0, || Ok(self.0.public_key()))
    }

    fn key_id(&self, py: Python<'_>) -> PyResult<String> {
        work::on(py, 0, || Ok(self.0.key_id()))
    }
}
