//! The arguments of bubblewrap.
//!
//! They reach it by a file descriptor (`--args`), because anyone on the machine can read a command line and the step's
//! environment is among them. It is there and not in bubblewrap's own environment because the loader would act on it: an
//! `LD_PRELOAD` of a step must not run outside the sandbox.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{HOME, Isolation, SandboxPolicy, TEMPORARY, WORKSPACE};

/// Read-only parts of the host that every step sees, where they exist; every `/lib*` beside them.
const SYSTEM: [&str; 5] = ["/usr", "/bin", "/sbin", "/etc", "/opt"];

/// The host's directories that belong to one step.
pub(crate) struct Mounts<'a> {
    /// Becomes `/workspace`.
    pub(crate) workspace: &'a Path,
    /// Becomes `/home/step`.
    pub(crate) home: &'a Path,
    /// Becomes `/tmp`: on disk, so that a step cannot fill the machine's memory with it.
    pub(crate) temporary: &'a Path,
}

impl SandboxPolicy {
    /// Everything before `--` on bubblewrap's command line.
    pub(crate) fn arguments(
        &self,
        mounts: &Mounts<'_>,
        working_dir: &str,
        environment: &BTreeMap<String, String>,
        network: bool,
    ) -> Vec<String> {
        let mut args = Arguments(Vec::new());
        for flag in [
            "--unshare-user",
            "--unshare-pid",
            "--unshare-ipc",
            "--unshare-uts",
            "--die-with-parent",
            "--new-session",
            "--clearenv",
        ] {
            args.add([flag]);
        }
        if let Isolation::Bubblewrap {
            forbids_nesting: true,
            ..
        } = self.isolation
        {
            args.add(["--disable-userns"]);
        }
        if !network {
            args.add(["--unshare-net"]);
        }
        args.add(["--cap-drop", "ALL"]);
        args.add(["--hostname", "attest"]);
        let visible = system(&mut args);
        for path in &self.private {
            args.cover(path);
        }
        args.add(["--proc", "/proc"]);
        cover_kernel(&mut args);
        args.add(["--dev", "/dev"]);
        args.bind("--bind", mounts.temporary, TEMPORARY);
        if network {
            resolver(&mut args, &visible);
        }
        for path in &self.allow_read {
            args.bind("--ro-bind", path, &path.to_string_lossy());
        }
        for path in &self.hidden {
            if visible.iter().any(|root| path.starts_with(root)) && path.is_dir() {
                args.add(["--tmpfs", &path.to_string_lossy()]);
            }
        }
        args.bind("--bind", mounts.workspace, WORKSPACE);
        args.bind("--bind", mounts.home, HOME);
        for (name, value) in environment {
            args.add(["--setenv", name, value]);
        }
        args.add(["--chdir", working_dir]);
        args.0
    }
}

struct Arguments(Vec<String>);

impl Arguments {
    fn add<const N: usize>(&mut self, args: [&str; N]) {
        self.0.extend(args.map(str::to_owned));
    }

    /// Hides a file or directory that is there now; without one bubblewrap would try to make it.
    fn cover(&mut self, path: &Path) {
        let Some(text) = path.to_str() else { return };
        match fs::symlink_metadata(path) {
            Ok(found) if found.is_dir() => {
                self.add(["--tmpfs", text]);
                self.add(["--remount-ro", text]);
            }
            Ok(found) if found.is_file() => self.add(["--ro-bind", "/dev/null", text]),
            _ => {}
        }
    }

    fn bind(&mut self, option: &str, from: &Path, to: &str) {
        self.add([option, &from.to_string_lossy(), to]);
    }
}

/// Kernel settings in `/proc`, which a step must not write, ...
const SETTINGS: [&str; 9] = [
    "sys",
    "sysrq-trigger",
    "irq",
    "bus",
    "fs",
    "mtrr",
    "acpi",
    "scsi",
    "driver",
];
/// ... and what it must not even read.
const SECRETS: [&str; 7] = [
    "kcore",
    "keys",
    "key-users",
    "timer_list",
    "sched_debug",
    "latency_stats",
    "kmsg",
];

/// Makes the machine's settings in `/proc` read-only. Where the server runs as root so does a step, as far as these files
/// are concerned, whatever its capabilities: one line in `core_pattern` would run a program outside. (Bubblewrap covers
/// them itself only where it could write them with its capabilities.)
fn cover_kernel(args: &mut Arguments) {
    for name in SETTINGS {
        let path = format!("/proc/{name}");
        args.add(["--ro-bind-try", &path, &path]);
    }
    for name in SECRETS {
        let path = format!("/proc/{name}");
        if Path::new(&path).exists() {
            args.add(["--ro-bind", "/dev/null", &path]);
        }
    }
}

/// Shows the host's tools; a link (`/bin` to `usr/bin`) stays one. Returns the directories that became visible.
fn system(args: &mut Arguments) -> Vec<PathBuf> {
    let libraries = fs::read_dir("/").into_iter().flatten().flatten();
    let mut roots: Vec<PathBuf> = libraries
        .map(|entry| entry.path())
        .filter(|path| path.to_str().is_some_and(|text| text.starts_with("/lib")))
        .collect();
    roots.extend(SYSTEM.map(PathBuf::from));
    roots.sort();
    let mut visible = Vec::new();
    for root in roots {
        let text = root.to_string_lossy().into_owned();
        if let Ok(target) = fs::read_link(&root) {
            args.add(["--symlink", &target.to_string_lossy(), &text]);
        } else if root.is_dir() {
            args.bind("--ro-bind", &root, &text);
            visible.push(root);
        }
    }
    visible
}

/// `/etc/resolv.conf` is often a link to a file that the sandbox does not have; names must resolve where the network is on.
fn resolver(args: &mut Arguments, visible: &[PathBuf]) {
    if let Ok(real) = Path::new("/etc/resolv.conf").canonicalize()
        && !visible.iter().any(|root| real.starts_with(root))
    {
        let text = real.to_string_lossy().into_owned();
        args.bind("--ro-bind", &real, &text);
    }
}
