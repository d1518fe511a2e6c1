//! Steps that an earlier server process left behind.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde::{Deserialize, Serialize};

use super::process::{Process, boot_id};

/// How long killed processes may take to go.
const PATIENCE: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_millis(10);

/// Which process a supervisor is, across restarts of the server and of the machine, and which directory its step has.
///
/// Written down before the step runs; [`kill_leftover`] takes it at the next start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Process id.
    pub pid: i32,
    /// Its start, in clock ticks after boot.
    pub start_time: u64,
    /// The boot of the machine it belongs to.
    pub boot_id: String,
    /// The step's private directory, removed with it.
    pub scratch: PathBuf,
}

impl Identity {
    /// Whether the process has ended, be it that nobody has waited for it yet.
    pub(crate) fn has_ended(&self) -> bool {
        Process::read(self.pid).is_none_or(|now| now.zombie || now.start_time != self.start_time)
    }

    /// The identity of a running process; `None` where it is gone.
    #[must_use]
    pub(crate) fn of(pid: i32, scratch: PathBuf) -> Option<Self> {
        Some(Self {
            pid,
            start_time: Process::read(pid)?.start_time,
            boot_id: boot_id(),
            scratch,
        })
    }
}

/// Kills what is left of a step: its supervisor, the session it leads, and every process that was given the step's own
/// home; then removes the step's directory. Does nothing where all of it is gone. Blocks until they have ended, some
/// seconds at most.
///
/// A supervisor normally does this by itself when the server goes; this is for one that was killed too.
///
/// # Errors
/// Where processes remain or the directory cannot be removed, with what remained.
pub fn kill_leftover(identity: &Identity) -> std::io::Result<()> {
    if identity.boot_id == boot_id() {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = remaining(identity);
            if left.is_empty() {
                break;
            }
            if Instant::now() > deadline {
                let pids: Vec<String> =
                    left.iter().map(|process| process.pid.to_string()).collect();
                return Err(std::io::Error::other(format!(
                    "processes of an earlier step do not end: {}",
                    pids.join(", ")
                )));
            }
            for process in &left {
                process.signal(Signal::KILL);
            }
            std::thread::sleep(TICK);
        }
    }
    crate::view::remove_scratch(&identity.scratch)
}

fn remaining(identity: &Identity) -> Vec<Process> {
    let home = format!(
        "HOME={}",
        identity.scratch.join(crate::view::HOME).display()
    );
    let all = Process::all();
    // The number may belong to another process by now, and then so does the session.
    let reused = all
        .get(&identity.pid)
        .is_some_and(|process| process.start_time != identity.start_time);
    let own = rustix::process::getpid().as_raw_nonzero().get();
    all.into_values()
        .filter(|process| process.pid != own && !process.zombie)
        .filter(|process| {
            let descends = !reused
                && process.start_time >= identity.start_time
                && (process.pid == identity.pid || process.session == identity.pid);
            descends || process.has_variable(home.as_bytes())
        })
        .collect()
}
