//! Where the network's work runs: one tokio runtime per process, started by the first call that needs it.
//!
//! After a `fork` the child has none of the parent's threads, so it gets a runtime of its own: slots are keyed by process
//! id, and a slot of another process is never touched again, not even to free it. The list of slots is made of cells that
//! are set once: there is no lock that another thread could hold at the moment of the fork.

mod signals;

use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use attest_sdk::{Error, ErrorKind};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::AbortHandle;

use crate::guard;

/// Calls wait most of the time.
const WORKERS: usize = 2;

struct Slot {
    process: u32,
    runtime: Runtime,
    next: OnceLock<Box<Slot>>,
}

static FIRST: OnceLock<Box<Slot>> = OnceLock::new();

/// The runtime of this process.
///
/// # Errors
/// [`ErrorKind::Io`] where the system gives it no threads.
pub fn handle() -> Result<Handle, Error> {
    let process = std::process::id();
    let mut cell = &FIRST;
    loop {
        match cell.get() {
            Some(slot) if slot.process == process => return Ok(slot.runtime.handle().clone()),
            Some(slot) => cell = &slot.next,
            None => {
                let slot = Slot {
                    process,
                    runtime: start()?,
                    next: OnceLock::new(),
                };
                if let Err(unused) = cell.set(Box::new(slot)) {
                    // Another thread was faster. Its slot may be of this process; look again.
                    unused.runtime.shutdown_background();
                }
            }
        }
    }
}

fn start() -> Result<Runtime, Error> {
    Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .thread_name("attest")
        .on_thread_start(signals::leave_to_the_program)
        .enable_io()
        .enable_time()
        .build()
        .map_err(|error| {
            Error::new(
                ErrorKind::Io,
                format!("the threads for network calls cannot be started: {error}"),
            )
        })
}

/// Runs `work` to its end; the calling thread waits. The work itself runs on the runtime's threads, where no signal of a
/// connection that breaks can end the program.
///
/// # Errors
/// What `work` results in, and [`ErrorKind::Internal`] where it panics.
pub fn block_on<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    let running = spawn(work)?;
    running.result.recv().unwrap_or_else(|_| Err(ended()))
}

/// Starts `work`, for a caller that looks after it in slices.
///
/// # Errors
/// As [`handle`].
pub fn spawn<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<Running<T>, Error> {
    let (sender, result) = sync_channel(1);
    let task = handle()?.spawn(async move {
        // What the work held is let go of before anybody hears of its end.
        let result = guard::future(work).await;
        // Nobody may be left to hear it.
        let _ = sender.send(result);
    });
    Ok(Running {
        result,
        task: task.abort_handle(),
    })
}

/// Work that was started. Dropping it calls the work off.
#[derive(Debug)]
pub struct Running<T> {
    result: Receiver<Result<T, Error>>,
    task: AbortHandle,
}

impl<T> Running<T> {
    /// Its result, if it has one within `slice`.
    #[must_use]
    pub fn wait(&self, slice: Duration) -> Option<Result<T, Error>> {
        match self.result.recv_timeout(slice) {
            Ok(result) => Some(result),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Err(ended())),
        }
    }
}

fn ended() -> Error {
    Error::new(
        ErrorKind::Cancelled,
        "the call ended without a result: the process is about to end",
    )
}

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}
