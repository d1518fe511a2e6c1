//! Waiting for a condition: never for a time.

use std::time::{Duration, Instant};

/// How long any condition may take before the test fails. Generous: the machine may be busy.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// Asks again and again until there is an answer. Panics with `what` after [`DEADLINE`].
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(
            start.elapsed() < DEADLINE,
            "waited {DEADLINE:?} in vain for: {what}"
        );
        std::thread::sleep(Duration::from_millis(15));
    }
}
