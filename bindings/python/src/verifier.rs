//! Judging receipts.

use std::path::PathBuf;

use attest_bindings_support as support;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::call::Call;
use crate::receipt::Receipt;
use crate::work;

/// A verifier.
#[pyclass(frozen, module = "attest_sdk._native")]
pub(crate) struct Verifier(support::Verifier);

#[pymethods]
impl Verifier {
    #[new]
    fn new(py: Python<'_>, options: &[u8]) -> PyResult<Self> {
        // A trust store is files.
        work::detached(py, || support::Verifier::new(options)).map(Self)
    }

    fn verify(&self, py: Python<'_>, receipt: &Receipt, evidence: Option<&[u8]>) -> PyResult<bool> {
        work::on(py, receipt.size(), || {
            self.0.verify_of(receipt.support(), evidence)
        })
    }

    fn report(
        &self,
        py: Python<'_>,
        receipt: &Receipt,
        evidence: Option<&[u8]>,
    ) -> PyResult<String> {
        work::on(py, receipt.size(), || {
            self.0.report_of(receipt.support(), evidence)
        })
    }

    fn verify_bytes(
        &self,
        py: Python<'_>,
        receipt: &[u8],
        evidence: Option<&[u8]>,
    ) -> PyResult<bool> {
        work::on(py, receipt.len(), || self.0.verify(receipt, evidence))
    }

    fn report_bytes(
        &self,
        py: Python<'_>,
        receipt: &[u8],
        evidence: Option<&[u8]>,
    ) -> PyResult<String> {
        work::on(py, receipt.len(), || self.0.report(receipt, evidence))
    }

    fn verify_batch(&self, py: Python<'_>, receipts: Vec<PyBackedBytes>) -> PyResult<Call> {
        work::on(py, 0, || {
            Ok(Call::new(self.0.report_batch_later(receipts, None)))
        })
    }

    fn verify_artifact(&self, py: Python<'_>, receipt: &[u8], content: &[u8]) -> PyResult<Call> {
        work::on(py, content.len(), || {
            let work = self
                .0
                .artifact_later(receipt.to_vec(), content.to_vec(), None);
            Ok(Call::new(work))
        })
    }

    fn verify_artifact_file(
        &self,
        py: Python<'_>,
        receipt: &[u8],
        path: PathBuf,
    ) -> PyResult<Call> {
        work::on(py, receipt.len(), || {
            let work = self.0.artifact_file_later(receipt.to_vec(), path, None);
            Ok(Call::new(work))
        })
    }
}
