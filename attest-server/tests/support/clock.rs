//! A clock that goes forward when a test says so.
#![allow(unreachable_pub)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use attest_server::Host;
use chrono::{TimeDelta, Utc};

/// The system's time and what was added to it. Clones share it.
#[derive(Clone)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    pub fn new() -> Self {
        Self(Arc::default())
    }

    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// This clock, and the system's randomness.
    pub fn host(&self) -> Host {
        let ahead = Arc::clone(&self.0);
        Host::new(
            move || Utc::now() + TimeDelta::seconds(ahead.load(Ordering::SeqCst)),
            |bytes| Ok(getrandom::fill(bytes)?),
        )
    }
}
