//! The end of the process. A thread of ours that asks for the interpreter's lock while the interpreter goes away is ended in
//! the middle of Rust code; so nothing is delivered to Python any more once its `atexit` handlers run.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use attest_bindings_support::{Error, ErrorKind};
use pyo3::prelude::*;

/// How long the end waits for what is being delivered.
const BOUND: Duration = Duration::from_millis(500);

static ENDING: AtomicBool = AtomicBool::new(false);
static DELIVERING: AtomicUsize = AtomicUsize::new(0);

/// Runs `work`, which takes the interpreter's lock, unless the process is ending.
pub(crate) fn deliver(work: impl FnOnce()) {
    DELIVERING.fetch_add(1, Ordering::SeqCst);
    if !ENDING.load(Ordering::SeqCst) {
        // None where the interpreter is gone all the same: then nobody is left to be told.
        let _ = Python::try_attach(|_| work());
    }
    DELIVERING.fetch_sub(1, Ordering::SeqCst);
}

/// An error once the process is ending: what is awaited now would never be told its result.
pub(crate) fn not_yet() -> Result<(), Error> {
    if ENDING.load(Ordering::SeqCst) {
        return Err(Error::new(
            ErrorKind::Closed,
            "the process is ending, and awaits nothing any more: use AttestClient in an atexit handler",
        ));
    }
    Ok(())
}

/// Told by `atexit`.
#[pyfunction]
pub(crate) fn end(py: Python<'_>) {
    ENDING.store(true, Ordering::SeqCst);
    py.detach(|| {
        let start = Instant::now();
        while DELIVERING.load(Ordering::SeqCst) > 0 && start.elapsed() < BOUND {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
}
