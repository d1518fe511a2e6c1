//! Finding and ending everything below a process.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Signal, WaitOptions, WaitStatus, wait};

use super::process::Process;

/// Between two looks at what is left: short at first, since most steps leave nothing, or what is about to end.
const FIRST_TICK: Duration = Duration::from_micros(300);
const LONGEST_TICK: Duration = Duration::from_millis(20);

/// Every living process below `root`, as of now.
pub(super) fn below(root: i32) -> Vec<Process> {
    let mut children: BTreeMap<i32, Vec<Process>> = BTreeMap::new();
    for process in Process::all().into_values() {
        children.entry(process.parent).or_default().push(process);
    }
    let mut found = Vec::new();
    let mut parents = vec![root];
    while let Some(parent) = parents.pop() {
        for process in children.remove(&parent).unwrap_or_default() {
            parents.push(process.pid);
            if !process.zombie {
                found.push(process);
            }
        }
    }
    found
}

/// Waits for every child that has ended; the status of `main` is kept in `status`. False where no child is left.
pub(super) fn reap(main: i32, status: &mut Option<WaitStatus>) -> bool {
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some((pid, ended))) => {
                if pid.as_raw_nonzero().get() == main {
                    *status = Some(ended);
                }
            }
            Err(Errno::CHILD) => return false,
            Ok(None) | Err(_) => return true,
        }
    }
}

/// Ends everything below this process, which must be single-threaded and a subreaper: SIGTERM, `grace`, SIGKILL.
///
/// Bubblewrap's own two processes get no SIGTERM: they would take the step with them before it could clean up, and they end
/// by themselves after it.
pub(super) fn end_all(main: i32, grace: Duration, status: &mut Option<WaitStatus>) {
    let own = rustix::process::getpid().as_raw_nonzero().get();
    let sandboxed = |process: &Process| process.is_namespace_init();
    let mut asked: Vec<Process> = Vec::new();
    let deadline = Instant::now() + grace;
    let mut tick = FIRST_TICK;
    loop {
        // A subreaper without children has no descendants either, which saves most steps the look at every process of
        // the machine.
        if !reap(main, status) {
            return;
        }
        let left = below(own);
        if left.is_empty() {
            return;
        }
        if Instant::now() >= deadline {
            for process in &left {
                process.signal(Signal::KILL);
            }
        } else {
            let inits: Vec<Process> = left.iter().copied().filter(sandboxed).collect();
            for process in &left {
                let bubblewrap = inits
                    .iter()
                    .any(|init| init.pid == process.pid || init.parent == process.pid);
                if !bubblewrap && !asked.contains(process) {
                    process.signal(Signal::TERM);
                    asked.push(*process);
                }
            }
        }
        std::thread::sleep(tick);
        tick = LONGEST_TICK.min(tick * 2);
    }
}
