//! Which library this is.

use std::ffi::c_char;

/// The version of this interface. It changes where a program must be compiled again; new functions alone do not change it.
pub const ATTEST_ABI_VERSION: u32 = 1;

const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");

/// The `ATTEST_ABI_VERSION` of the library that was linked or loaded: compare it with that of the header. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_abi_version() -> u32 {
    ATTEST_ABI_VERSION
}

/// The version of the library, such as `0.1.0`: a text that lives for ever. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_version() -> *const c_char {
    VERSION.as_ptr().cast()
}
