//! What a step can reach: the isolation in force, the command line that puts it in force, and what a receipt says of it.
//!
//! Bubblewrap gives a step namespaces of its own (user, pid, mount, ipc, uts), no capabilities, and a file system in which
//! only the host's tools, its view and its home exist. [`Isolation::None`] gives it the server's own reach, and says so.
//! This module decides and describes; starting and ending processes is [`crate::supervisor`]'s.

mod bubblewrap;
mod controls;
mod private;
mod probe;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use controls::StepFacts;

use crate::supervisor::Sandbox;
use crate::view::Scratch;
use bubblewrap::Mounts;

/// Where a step finds its view inside bubblewrap.
pub const WORKSPACE: &str = "/workspace";
/// Where a step finds its home inside bubblewrap.
pub const HOME: &str = "/home/step";
/// Where a step finds its temporary directory inside bubblewrap.
pub const TEMPORARY: &str = "/tmp";

/// The kind of isolation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Bubblewrap, at this absolute path.
    Bubblewrap {
        /// The `bwrap` program.
        program: PathBuf,
        /// Whether it can keep a step from making user namespaces of its own (since 0.8), in which the step would have every
        /// capability again and reach far more of the kernel.
        forbids_nesting: bool,
    },
    /// Nothing: a step runs with the server's own rights.
    None,
}

/// Why an isolation cannot be in force.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// There is no bubblewrap, or it does not work here.
    #[error(
        "bubblewrap does not work here: {reason}. Install it (Debian: apt install bubblewrap) and allow user namespaces, or start with --isolation none, which gives steps the server's own rights"
    )]
    Unavailable {
        /// What was found.
        reason: String,
    },
    /// A path of `--allow-read` would show a step what it must not see, or cannot be shown.
    #[error("--allow-read {}: {reason}", path.display())]
    AllowRead {
        /// The path as given.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// What every step of a server may reach.
#[derive(Clone, Debug)]
pub struct SandboxPolicy {
    isolation: Isolation,
    allow_read: Vec<PathBuf>,
    hidden: Vec<PathBuf>,
    private: Vec<PathBuf>,
    network: bool,
}

impl Isolation {
    /// The word on the command line.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Bubblewrap { .. } => "bubblewrap",
            Self::None => "none",
        }
    }
}

impl SandboxPolicy {
    /// Checks what the operator asked for.
    ///
    /// `hidden` are directories no step may see (the data directory, the configuration of the command line tool); those
    /// that lie in a directory that steps do see are covered by an empty one. `network` false takes the network from every
    /// step.
    ///
    /// # Errors
    /// [`SandboxError::AllowRead`] where a path does not exist, is not absolute UTF-8, or contains or lies in a hidden
    /// directory or one that the sandbox makes itself.
    pub fn new(
        isolation: Isolation,
        allow_read: &[PathBuf],
        hidden: &[PathBuf],
        network: bool,
    ) -> Result<Self, SandboxError> {
        let hidden: Vec<PathBuf> = hidden.iter().map(|path| resolve(path)).collect();
        let allow_read = allow_read
            .iter()
            .map(|path| allowed(path, &hidden))
            .collect::<Result<_, _>>()?;
        let private = match isolation {
            Isolation::Bubblewrap { .. } => private::below(Path::new("/etc")),
            Isolation::None => Vec::new(),
        };
        Ok(Self {
            isolation,
            allow_read,
            hidden,
            private,
            network,
        })
    }

    /// The isolation in force.
    #[must_use]
    pub const fn isolation(&self) -> &Isolation {
        &self.isolation
    }

    /// Whether a step that asks for the network (or for nothing) gets it.
    #[must_use]
    pub const fn network(&self) -> bool {
        self.network
    }

    /// Paths of this machine that steps are shown beside the system's own.
    pub(crate) fn allow_read(&self) -> impl Iterator<Item = &str> {
        self.allow_read.iter().filter_map(|path| path.to_str())
    }

    /// Whether a step can be kept from the network: not without bubblewrap.
    #[must_use]
    pub const fn can_deny_network(&self) -> bool {
        matches!(self.isolation, Isolation::Bubblewrap { .. })
    }

    /// The step's environment with its `HOME` and `TMPDIR`, and how bubblewrap is started where it is in force.
    pub(crate) fn enter(
        &self,
        scratch: &Scratch,
        working_dir: &str,
        environment: &BTreeMap<String, String>,
        network: bool,
    ) -> (BTreeMap<String, String>, Option<Sandbox>) {
        let (workspace, home, temporary) =
            (scratch.workspace(), scratch.home(), scratch.temporary());
        let mut environment = environment.clone();
        let mut place = |home: String, temporary: String| {
            environment.insert("HOME".to_owned(), home);
            environment.insert("TMPDIR".to_owned(), temporary);
        };
        match &self.isolation {
            Isolation::None => {
                place(
                    home.to_string_lossy().into_owned(),
                    temporary.to_string_lossy().into_owned(),
                );
                (environment, None)
            }
            Isolation::Bubblewrap { program, .. } => {
                place(HOME.to_owned(), TEMPORARY.to_owned());
                let mounts = Mounts {
                    workspace: &workspace,
                    home: &home,
                    temporary: &temporary,
                };
                let arguments = self.arguments(&mounts, working_dir, &environment, network);
                let program = program.clone();
                (BTreeMap::new(), Some(Sandbox { program, arguments }))
            }
        }
    }
}

/// Directories of the sandbox's own making.
const OWN: [&str; 5] = ["/proc", "/dev", "/sys", WORKSPACE, HOME];

fn allowed(path: &Path, hidden: &[PathBuf]) -> Result<PathBuf, SandboxError> {
    let refuse = |reason: String| SandboxError::AllowRead {
        path: path.to_path_buf(),
        reason,
    };
    if !path.is_absolute() {
        return Err(refuse("give an absolute path".to_owned()));
    }
    let real = path
        .canonicalize()
        .map_err(|error| refuse(format!("cannot be read: {error}")))?;
    if real.to_str().is_none() {
        return Err(refuse("its name is not UTF-8".to_owned()));
    }
    let clash = |other: &Path| real.starts_with(other) || other.starts_with(&real);
    if let Some(secret) = hidden.iter().find(|secret| clash(secret)) {
        return Err(refuse(format!(
            "it contains or lies in {}, which holds keys that no step may read",
            secret.display()
        )));
    }
    if let Some(own) = OWN.iter().find(|own| clash(Path::new(own))) {
        return Err(refuse(format!(
            "it contains or lies in {own}, which every step has of its own"
        )));
    }
    Ok(real)
}

/// The real path of what exists; the rest of a path that does not exist yet is kept as it is.
fn resolve(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => resolve(parent).join(name),
        _ => path.to_path_buf(),
    }
}
