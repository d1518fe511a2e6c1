//! What travels over the socket: one line of JSON in, one line of JSON out.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::BorrowedFd;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The most that is read of an order or a report, in bytes.
const LIMIT: usize = 64 * 1024 * 1024;

/// What to run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    /// The shell command.
    pub(crate) run: String,
    /// Where it starts, outside bubblewrap; bubblewrap has its own `--chdir`.
    pub(crate) directory: PathBuf,
    /// The step's whole environment, outside bubblewrap.
    pub(crate) environment: BTreeMap<String, String>,
    /// Bubblewrap, where it is in force.
    pub(crate) sandbox: Option<Sandbox>,
    /// The time limit in milliseconds.
    pub(crate) timeout_ms: Option<u64>,
    /// Milliseconds between SIGTERM and SIGKILL.
    pub(crate) grace_ms: u64,
}

/// How to start bubblewrap.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sandbox {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) ending: Ending,
    /// From the start of the command to its end, in milliseconds.
    pub(crate) duration_ms: u64,
}

/// How a step's command ended.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(crate) enum Ending {
    Exited {
        code: i32,
    },
    Signalled {
        signal: i32,
    },
    TimedOut,
    /// The socket closed.
    Cancelled,
    /// The command, or its sandbox, could not be started.
    NotStarted {
        message: String,
    },
}

/// Reads up to the first newline; `None` at the end of file before one.
pub(crate) fn read_line(socket: BorrowedFd<'_>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = match rustix::io::read(socket, &mut buffer) {
            Err(rustix::io::Errno::INTR) => continue,
            result => result?,
        };
        let bytes = buffer.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(None);
        }
        line.extend_from_slice(bytes);
        if line.last() == Some(&b'\n') {
            return Ok(Some(line));
        }
        if line.len() > LIMIT {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the order for a step is over 64 MiB",
            ));
        }
    }
}
