//! The C ABI of Attest: `include/attest.h` is made of this crate's functions and their documentation.
//!
//! A function here converts types and calls `attest_bindings_support`; it decides nothing. What all of them obey:
//!
//! - Arguments are of types that are NULL or valid by their construction, so that the body is safe Rust: `Option<&T>` for a
//!   handle, `Option<Box<T>>` for one that is given back, `Option<&mut MaybeUninit<T>>` for a place that is written. What
//!   only the C caller can promise is written in the header.
//! - The body runs inside `border`'s guard: outputs are made empty first, NULL is an error, a panic is an error.
//! - `unsafe` is in `slice` and `buffer`, where a pointer meets a length, and in the attribute that names a symbol.
#![allow(
    unsafe_code,
    reason = "exported symbols, and the two places where a pointer meets a length"
)]

mod border;
mod buffer;
mod cancel;
mod client;
mod execution;
mod failure;
mod handle;
#[cfg(feature = "test-hooks")]
mod hooks;
mod key;
mod manifest;
mod pipeline;
mod receipt;
mod slice;
mod status;
mod stream;
mod verifier;
mod version;
mod webhook;
