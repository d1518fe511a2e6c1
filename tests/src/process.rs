//! Looking at the machine's processes, to see what a step left behind.

use rustix::process::{Pid, Signal, kill_process};

use crate::wait;

/// The processes that have `argument` as one of their arguments.
pub fn with_argument(argument: &str) -> Vec<i32> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")
        .expect("/proc is there")
        .flatten()
    {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<i32>().ok())
        else {
            continue;
        };
        // A process may end while we look: it is then not there.
        let Ok(line) = std::fs::read(entry.path().join("cmdline")) else {
            continue;
        };
        if line
            .split(|byte| *byte == 0)
            .any(|part| part == argument.as_bytes())
        {
            found.push(pid);
        }
    }
    found
}

/// Waits until a process with this argument runs.
pub fn wait_for(argument: &str) -> i32 {
    wait::until(&format!("a process with the argument {argument}"), || {
        with_argument(argument).first().copied()
    })
}

/// Waits until no process with this argument is left.
pub fn wait_for_none(argument: &str) {
    wait::until(
        &format!("the end of every process with the argument {argument}"),
        || with_argument(argument).is_empty().then_some(()),
    );
}

/// Sends a signal to a process that this test started.
pub fn signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid)
        .ok()
        .and_then(Pid::from_raw)
        .expect("a process id");
    // The process may have ended by itself, which is what the signal asks for.
    let _ = kill_process(pid, signal);
}
