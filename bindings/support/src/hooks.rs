//! What tests of the bindings look at, and no release has: how many handles live, and a panic on request.

#[cfg(feature = "test-hooks")]
use std::sync::atomic::{AtomicIsize, Ordering};

#[cfg(feature = "test-hooks")]
static LIVE: AtomicIsize = AtomicIsize::new(0);

/// One part of each handle: counts it while it lives. Costs nothing without the feature.
#[derive(Debug)]
#[cfg_attr(not(feature = "test-hooks"), derive(Default))]
pub(crate) struct Counted(());

#[cfg(feature = "test-hooks")]
impl Default for Counted {
    fn default() -> Self {
        LIVE.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        Self::default()
    }
}

#[cfg(feature = "test-hooks")]
impl Drop for Counted {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How many handles live: clients, streams, receipts, verifiers, keys, tokens, each clone for itself.
#[cfg(feature = "test-hooks")]
#[must_use]
pub fn live_handles() -> isize {
    LIVE.load(Ordering::Relaxed)
}

/// Panics, to be caught at the border.
///
/// # Panics
/// Always.
#[cfg(feature = "test-hooks")]
#[allow(clippy::panic, reason = "that is what it is for")]
pub fn panic_on_request() {
    panic!("a panic that a test asked for");
}
