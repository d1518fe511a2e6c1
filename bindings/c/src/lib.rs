//! The C ABI of Attest.
