//! The supervisor: a single-threaded process between the server and one step, which ends everything the step started.
//!
//! It is the server's own binary in a hidden mode: a program that embeds the server calls [`main`] first thing, before it
//! starts a thread, when its first argument is [`ARGUMENT`]. Standard input is one end of a socket whose other end only the
//! server holds: an order comes in, a report goes out, and its end of file means that the server is gone or has cancelled.
//! Standard output and error are the step's.
//!
//! Being a subreaper in a session of its own it inherits every descendant that loses its parent, daemons too, and ends them
//! when the step ends, at its time limit, and at that end of file: SIGTERM, a grace of five seconds, SIGKILL. It does not
//! use the parent-death signal for itself, which fires when the *thread* that started it ends.

mod descendants;
mod devices;
mod leftover;
mod order;
mod process;
mod run;

use std::process::ExitCode;

pub use leftover::{Identity, kill_leftover};
pub(crate) use order::{Ending, Order, Report, Sandbox};
pub use run::main;

/// The first argument that makes a program the supervisor.
pub const ARGUMENT: &str = "__supervise";

/// How the server starts a supervisor.
#[derive(Clone, Debug)]
pub struct Program {
    /// The executable.
    pub executable: std::path::PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

impl Program {
    /// This very program, also after its file was replaced or removed.
    #[must_use]
    pub fn current() -> Self {
        Self {
            executable: "/proc/self/exe".into(),
            arguments: vec![ARGUMENT.to_owned()],
        }
    }
}

/// Exit code of a supervisor that could not do its work (no order, no report possible).
const FAILED: ExitCode = ExitCode::FAILURE;
