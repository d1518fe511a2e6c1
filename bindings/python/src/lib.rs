//! The native module of the Python package `attest_sdk`.

#[pyo3::pymodule]
mod _native {}
