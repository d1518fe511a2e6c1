//! What `/proc` says of processes.

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;

/// One line of `/proc/<pid>/stat`, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: i32,
    pub(super) parent: i32,
    pub(super) session: i32,
    /// Clock ticks after boot; with the boot id it tells a process from a later one of the same number.
    pub(super) start_time: u64,
    /// Ended, but not yet waited for.
    pub(super) zombie: bool,
}

impl Process {
    /// The process of this number, if there is one now.
    pub(super) fn read(pid: i32) -> Option<Self> {
        let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
        let stat = String::from_utf8_lossy(&stat);
        // The name stands in parentheses and may hold anything, further parentheses too.
        let (_, fields) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
        Some(Self {
            pid,
            zombie: matches!(*fields.first()?, "Z" | "X"),
            parent: fields.get(1)?.parse().ok()?,
            session: fields.get(3)?.parse().ok()?,
            start_time: fields.get(19)?.parse().ok()?,
        })
    }

    /// Every process that can be seen, by number.
    pub(super) fn all() -> BTreeMap<i32, Self> {
        fs::read_dir("/proc")
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter_map(|pid| Some((pid, Self::read(pid)?)))
            .collect()
    }

    /// Whether this is the first process of a pid namespace below ours: bubblewrap's own reaper, whose end ends all others.
    pub(super) fn is_namespace_init(&self) -> bool {
        fs::read_to_string(format!("/proc/{}/status", self.pid)).is_ok_and(|status| {
            status
                .lines()
                .find_map(|line| line.strip_prefix("NSpid:"))
                .is_some_and(|pids| pids.split_ascii_whitespace().next_back() == Some("1"))
        })
    }

    /// Whether it was started with this variable in its environment.
    pub(super) fn has_variable(&self, assignment: &[u8]) -> bool {
        fs::read(format!("/proc/{}/environ", self.pid)).is_ok_and(|environment| {
            environment
                .split(|byte| *byte == 0)
                .any(|v| v == assignment)
        })
    }

    /// Sends a signal, unless the number has passed to another process since.
    pub(super) fn signal(&self, signal: rustix::process::Signal) {
        use rustix::process::{PidfdFlags, pidfd_open, pidfd_send_signal};
        let Some(pid) = rustix::process::Pid::from_raw(self.pid) else {
            return;
        };
        // The handle pins the process; only then is it certain which one it is.
        if let Ok(handle) = pidfd_open(pid, PidfdFlags::empty())
            && Self::read(self.pid).is_some_and(|now| now.start_time == self.start_time)
        {
            // It may end by itself first, which is what is wanted.
            let _ = pidfd_send_signal(&handle, signal);
        }
    }
}

/// What tells this boot of the machine from all others. It stays as it is for as long as any process lives.
pub(super) fn boot_id() -> String {
    static ID: OnceLock<String> = OnceLock::new();
    let read = || {
        fs::read_to_string("/proc/sys/kernel/random/boot_id")
            .map(|id| id.trim().to_owned())
            .unwrap_or_default()
    };
    ID.get_or_init(read).clone()
}
