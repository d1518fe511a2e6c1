//! Calling a blocked call off, from another thread.

use std::mem::MaybeUninit;

use attest_bindings_support as support;

use crate::border::make;
use crate::failure::Failure;
use crate::handle::{given, release};
use crate::status::Status;

/// A token that calls off every call it was given to, now and later.
///
///     attest_cancel_t *cancel, *for_the_other;
///     if (attest_cancel_new(&cancel, NULL) == ATTEST_STATUS_OK &&
///         attest_cancel_clone(cancel, &for_the_other, NULL) == ATTEST_STATUS_OK) {
///         /* Another thread: attest_cancel_trigger(for_the_other), then attest_cancel_free(for_the_other). */
///         if (attest_execution_wait(client, id, -1, cancel, &out, NULL) == ATTEST_STATUS_CANCELLED)
///             puts("called off");
///     }
///     attest_cancel_free(cancel);
#[derive(Debug)]
pub struct Cancel(support::Cancel);

/// What a call keeps of the token it was given.
pub(crate) fn token(cancel: Option<&Cancel>) -> Option<support::Cancel> {
    cancel.map(|cancel| cancel.0.clone())
}

/// A new token. Free `out` with `attest_cancel_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_cancel_new(
    out: Option<&mut MaybeUninit<Option<Box<Cancel>>>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    make(out, err, || Ok(Cancel(support::Cancel::new())))
}

/// One more handle to the same token, for another owner: the token lives until its last handle is freed and the last call
/// that uses it has ended. Free `out` with `attest_cancel_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_cancel_clone(
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Option<Box<Cancel>>>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    make(out, err, || Ok(Cancel(given(cancel, "cancel")?.0.clone())))
}

/// Calls off what uses the token: the calls return `ATTEST_STATUS_CANCELLED`. Any thread, any number of times, also while
/// another thread is blocked with it. NULL is legal.
#[unsafe(no_mangle)]
pub extern "C" fn attest_cancel_trigger(cancel: Option<&Cancel>) {
    if let Some(cancel) = cancel {
        // Wakers run; there is nobody to tell of a panic.
        let _ = support::guard::call(|| {
            cancel.0.cancel();
            Ok(())
        });
    }
}

/// Whether the token was triggered; false for NULL. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_cancel_is_triggered(cancel: Option<&Cancel>) -> bool {
    cancel.is_some_and(|cancel| cancel.0.is_cancelled())
}

/// Releases one handle. It triggers nothing. NULL is legal.
#[unsafe(no_mangle)]
pub extern "C" fn attest_cancel_free(cancel: Option<Box<Cancel>>) {
    release(cancel);
}
