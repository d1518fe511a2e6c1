//! The server's end of a supervisor.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

use crate::supervisor::{Identity, Order, Program, Report};

/// A started supervisor that has no order yet. Dropping it, or any part of it that holds the socket, ends its step.
pub(super) struct Supervised {
    pub(super) stdout: ChildStdout,
    pub(super) stderr: ChildStderr,
    pub(super) child: Child,
    pub(super) reports: OwnedReadHalf,
    pub(super) orders: OwnedWriteHalf,
}

impl Supervised {
    /// Starts one. Blocks until the program is loaded; call it within a runtime.
    pub(super) fn start(program: &Program) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let mut child = Command::new(&program.executable)
            .args(&program.arguments)
            // Of the server's environment a step must find nothing, not even in its supervisor's memory.
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().ok_or_else(lost)?;
        let stderr = child.stderr.take().ok_or_else(lost)?;
        let (reports, orders) = tokio::net::UnixStream::from_std(ours)?.into_split();
        Ok(Self {
            stdout,
            stderr,
            child,
            reports,
            orders,
        })
    }

    /// Whether it has not ended.
    pub(super) fn lives(&self) -> bool {
        self.identity(PathBuf::new())
            .is_ok_and(|it| !it.has_ended())
    }

    /// Which process it is, and the directory of its step.
    pub(super) fn identity(&self, scratch: PathBuf) -> io::Result<Identity> {
        let pid = self.child.id().and_then(|pid| i32::try_from(pid).ok());
        pid.and_then(|pid| Identity::of(pid, scratch))
            .ok_or_else(lost)
    }
}

fn lost() -> io::Error {
    io::Error::other("the supervisor ended at once")
}

/// Sends the order; the step starts.
pub(super) async fn order(socket: &mut OwnedWriteHalf, order: &Order) -> io::Result<()> {
    let mut text = serde_json::to_vec(order)?;
    text.push(b'\n');
    socket.write_all(&text).await
}

/// Tells the supervisor to end the step; it still reports.
pub(super) fn cancel(socket: OwnedWriteHalf) {
    // Dropping the half shuts it down.
    drop(socket);
}

/// Waits for the report; `None` where the supervisor ended without one.
pub(super) async fn report(socket: OwnedReadHalf) -> Option<Report> {
    let mut line = Vec::new();
    BufReader::new(socket)
        .read_until(b'\n', &mut line)
        .await
        .ok()?;
    serde_json::from_slice(&line).ok()
}
