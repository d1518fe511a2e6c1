//! What this library's own tests ask for, and no release has: `tests/attest_test_hooks.h` declares it.

use std::mem::MaybeUninit;

use attest_bindings_support::hooks;

use crate::border::run;
use crate::failure::Failure;
use crate::status::Status;

/// Panics under the guard.
#[unsafe(no_mangle)]
pub extern "C" fn attest_test_panic(err: Option<&mut MaybeUninit<Option<Box<Failure>>>>) -> Status {
    run(err, || {
        hooks::panic_on_request();
        Ok(())
    })
}

/// How many handles live: clients, streams, receipts, verifiers, keys, tokens.
#[unsafe(no_mangle)]
pub extern "C" fn attest_test_live_handles() -> i64 {
    hooks::live_handles() as i64
}
