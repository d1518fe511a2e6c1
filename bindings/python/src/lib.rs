//! The native module of the Python package `attest_sdk`.
//!
//! It is private: the public API, its documentation and its exceptions are the Python files beside it. What crosses here is
//! text, bytes and handles; models cross as JSON.

mod call;
mod client;
mod ending;
mod event_loop;
mod execution;
mod failure;
mod home;
#[cfg(feature = "test-hooks")]
mod hooks;
mod key;
mod manifest;
mod receipt;
mod runtime;
mod stream;
mod verifier;
mod webhook;
mod work;

#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use crate::call::Call;
    #[pymodule_export]
    use crate::client::Client;
    #[pymodule_export]
    use crate::ending::end;
    #[pymodule_export]
    use crate::execution::raise_for_status;
    #[cfg(feature = "test-hooks")]
    #[pymodule_export]
    use crate::hooks::{live_handles, panic_at_once, panic_later};
    #[pymodule_export]
    use crate::key::SigningKey;
    #[pymodule_export]
    use crate::manifest::{digest, hash_inputs, hash_outputs};
    #[pymodule_export]
    use crate::receipt::Receipt;
    #[pymodule_export]
    use crate::stream::{EventStream, LogStream};
    #[pymodule_export]
    use crate::verifier::Verifier;
    #[pymodule_export]
    use crate::webhook::verify_webhook;
}
