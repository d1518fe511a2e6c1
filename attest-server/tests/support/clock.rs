//! A clock that goes forward when a test says so.
#![allow(dead_code, unreachable_pub)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use attest_server::Host;
use chrono::{DateTime, TimeDelta, Utc};

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

    pub fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::seconds(self.0.load(Ordering::SeqCst))
    }

    /// This clock, and the system's randomness.
    pub fn host(&self) -> Host {
        let clock = self.clone();
        Host::new(move || clock.now(), |bytes| Ok(getrandom::fill(bytes)?))
    }
}
