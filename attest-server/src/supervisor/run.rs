//! The supervisor's life: order, command, end, report.

use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::FdFlags;
use rustix::process::{DumpableBehavior, Pid, PidfdFlags, WaitStatus};

use super::order::{Ending, Order, Report, Sandbox, read_line};
use super::{FAILED, descendants, devices};

/// How often ended orphans are waited for while the command runs.
const TICK: Duration = Duration::from_secs(1);

/// The first file descriptor after standard input, output and error.
const FIRST_AFTER_STANDARD: i32 = 3;

/// Runs one step by the order on standard input and ends everything it started.
///
/// Call it before any thread is started; it returns when nothing of the step is left.
#[must_use]
pub fn main() -> ExitCode {
    let stdin = io::stdin();
    let socket = stdin.as_fd();
    match serve(socket) {
        Ok(()) => ExitCode::SUCCESS,
        // Standard error is the step's log: the server learns of this from the missing report.
        Err(_) => FAILED,
    }
}

fn serve(socket: BorrowedFd<'_>) -> io::Result<()> {
    // Whatever started the server may have left it open files without close-on-exec: a directory among them would be a
    // way out of the sandbox. What this process opens itself is added to this one by one.
    close_fds::set_fds_cloexec(FIRST_AFTER_STANDARD, &[]);
    // A session of its own: no terminal, and no signal that is meant for the server's group.
    let _ = rustix::process::setsid();
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    // Modes of what a step writes must not depend on the operator's shell.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    let Some(line) = read_line(socket)? else {
        return Ok(());
    };
    let order: Order = serde_json::from_slice(&line)?;
    let started = Instant::now();
    let (ending, ended) = match start(&order) {
        Ok(step) => supervise(socket, step, &order, started),
        Err(error) => (
            Ending::NotStarted {
                message: error.to_string(),
            },
            Instant::now(),
        ),
    };
    // Nothing of the step is left that could write, and whoever reads need not wait until this process is gone: where
    // bubblewrap was in force its mounts take the kernel a while.
    let_go_of_output();
    let report = Report {
        ending,
        duration_ms: u64::try_from(ended.duration_since(started).as_millis()).unwrap_or(u64::MAX),
    };
    let mut text = serde_json::to_vec(&report)?;
    text.push(b'\n');
    let mut rest = text.as_slice();
    while !rest.is_empty() {
        let written = rustix::net::send(socket, rest, rustix::net::SendFlags::NOSIGNAL)?;
        rest = rest.get(written..).unwrap_or_default();
    }
    Ok(())
}

fn let_go_of_output() {
    if let Ok(nowhere) = std::fs::File::options().write(true).open("/dev/null") {
        let _ = rustix::stdio::dup2_stdout(&nowhere);
        let _ = rustix::stdio::dup2_stderr(&nowhere);
    }
}

/// A started command.
struct Step {
    pid: i32,
    handle: OwnedFd,
    /// Where bubblewrap tells whether the command ran.
    status: Option<io::PipeReader>,
}

fn start(order: &Order) -> io::Result<Step> {
    let (mut command, status, inherited) = match &order.sandbox {
        Some(sandbox) => sandboxed(sandbox, &order.run)?,
        None => (plain(order), None, Vec::new()),
    };
    command
        .stdin(Stdio::null())
        // Out of the supervisor's group, so that `kill 0` in a step does not reach it.
        .process_group(0);
    let child = command.spawn()?;
    drop(inherited);
    let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
    let handle = Pid::from_raw(pid)
        .ok_or_else(|| io::Error::other("the command has no process id"))
        .and_then(|pid| Ok(rustix::process::pidfd_open(pid, PidfdFlags::empty())?))?;
    Ok(Step {
        pid,
        handle,
        status,
    })
}

fn plain(order: &Order) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", &order.run])
        .current_dir(&order.directory)
        .env_clear()
        .envs(&order.environment);
    command
}

type Started = (Command, Option<io::PipeReader>, Vec<OwnedFd>);

fn sandboxed(sandbox: &Sandbox, run: &str) -> io::Result<Started> {
    let mut arguments = std::fs::File::from(rustix::fs::memfd_create(
        "attest-sandbox",
        rustix::fs::MemfdFlags::CLOEXEC,
    )?);
    let mut text = Vec::new();
    for argument in &sandbox.arguments {
        text.extend_from_slice(argument.as_bytes());
        text.push(0);
    }
    arguments.write_all(&text)?;
    arguments.rewind()?;
    devices::protect();
    let (reader, writer) = io::pipe()?;
    let inherited = vec![OwnedFd::from(arguments), OwnedFd::from(writer)];
    // Nothing else runs in this process, so nothing else can inherit them.
    for handle in &inherited {
        rustix::io::fcntl_setfd(handle, FdFlags::empty())?;
    }
    let mut command = Command::new(&sandbox.program);
    for (option, handle) in ["--args", "--json-status-fd"].iter().zip(&inherited) {
        command.arg(option).arg(handle.as_raw_fd().to_string());
    }
    command
        .args(["--", "/bin/sh", "-c", run])
        .current_dir("/")
        .env_clear();
    Ok((command, Some(reader), inherited))
}

/// Waits for the end of the command, its time limit or the end of the server, then ends what is left.
fn supervise(
    socket: BorrowedFd<'_>,
    step: Step,
    order: &Order,
    started: Instant,
) -> (Ending, Instant) {
    let deadline = order
        .timeout_ms
        .and_then(|limit| started.checked_add(Duration::from_millis(limit)));
    let mut status = None;
    let early = wait(socket, &step, deadline, &mut status);
    let ended = Instant::now();
    descendants::end_all(step.pid, Duration::from_millis(order.grace_ms), &mut status);
    let ending = early.unwrap_or_else(|| ending(status, step.status));
    (ending, ended)
}

/// `None` where the command ended by itself.
fn wait(
    socket: BorrowedFd<'_>,
    step: &Step,
    deadline: Option<Instant>,
    status: &mut Option<WaitStatus>,
) -> Option<Ending> {
    loop {
        descendants::reap(step.pid, status);
        if status.is_some() {
            return None;
        }
        let now = Instant::now();
        if deadline.is_some_and(|deadline| now >= deadline) {
            return Some(Ending::TimedOut);
        }
        let patience = deadline.map_or(TICK, |deadline| TICK.min(deadline - now));
        let mut watched = [
            PollFd::from_borrowed_fd(socket, PollFlags::IN),
            PollFd::new(&step.handle, PollFlags::IN),
        ];
        let patience = rustix::fs::Timespec::try_from(patience).ok();
        match poll(&mut watched, patience.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            // Without a way to hear of the server's end the step must not go on.
            Err(_) => return Some(Ending::Cancelled),
        }
        let heard = watched.first().map_or(PollFlags::empty(), PollFd::revents);
        if !heard.is_empty() && closed(socket) {
            return Some(Ending::Cancelled);
        }
    }
}

fn closed(socket: BorrowedFd<'_>) -> bool {
    let mut byte = [0_u8; 64];
    !matches!(rustix::io::read(socket, &mut byte), Ok(1..))
}

fn ending(status: Option<WaitStatus>, sandbox: Option<io::PipeReader>) -> Ending {
    let Some(status) = status else {
        return Ending::NotStarted {
            message: "the command's end was not seen".to_owned(),
        };
    };
    if let Some(mut sandbox) = sandbox {
        let mut said = String::new();
        // Everything that could hold the other end has ended.
        let _ = sandbox.read_to_string(&mut said);
        if !said.contains("\"exit-code\"") && status.exit_status().is_some() {
            return Ending::NotStarted {
                message:
                    "bubblewrap could not make the sandbox; its reason is in the step's stderr"
                        .to_owned(),
            };
        }
    }
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => Ending::Exited { code },
        (None, Some(signal)) => Ending::Signalled { signal },
        (None, None) => Ending::NotStarted {
            message: "the command stopped without ending".to_owned(),
        },
    }
}
