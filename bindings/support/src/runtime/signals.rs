//! Signals on the runtime's threads.

/// Blocks them on this thread: they are the program's, and its handlers run on its own threads. Writing to a connection
/// that the other side has closed is then an error of the call, where SIGPIPE would end the program: Rust's programs
/// ignore it, but a library is also in those of C and Go.
#[cfg(unix)]
pub(super) fn leave_to_the_program() {
    use nix::sys::signal::{SigSet, Signal};

    let mut signals = SigSet::all();
    // What a fault of this very thread raises cannot wait.
    for fault in [
        Signal::SIGABRT,
        Signal::SIGBUS,
        Signal::SIGFPE,
        Signal::SIGILL,
        Signal::SIGSEGV,
        Signal::SIGSYS,
        Signal::SIGTRAP,
    ] {
        signals.remove(fault);
    }
    // It fails for an unknown way of changing the mask alone.
    let _ = signals.thread_block();
}

/// There are none.
#[cfg(not(unix))]
pub(super) fn leave_to_the_program() {}
