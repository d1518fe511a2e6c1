//! Whether bubblewrap works on this machine.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::bubblewrap::Mounts;
use super::{Isolation, SandboxError, SandboxPolicy, WORKSPACE};

impl Isolation {
    /// Finds bubblewrap in the directories of `search` (a `PATH`) and starts an empty sandbox with it, as a step's would be.
    ///
    /// `scratch` is an existing directory that the probe may show to its sandbox. Blocks for some milliseconds.
    ///
    /// # Errors
    /// [`SandboxError::Unavailable`] with the reason, where there is no bubblewrap or it cannot make a sandbox.
    pub fn bubblewrap(search: &OsStr, scratch: &Path) -> Result<Self, SandboxError> {
        let program = find(search).ok_or_else(|| SandboxError::Unavailable {
            reason: "there is no bwrap in PATH".to_owned(),
        })?;
        let with = |forbids_nesting| Self::Bubblewrap {
            program: program.clone(),
            forbids_nesting,
        };
        let isolation = with(true);
        // An older one does not know how; its sandbox is as good in all else.
        match isolation.try_out(&program, scratch) {
            Ok(()) => Ok(isolation),
            Err(_) => {
                let isolation = with(false);
                isolation.try_out(&program, scratch).map(|()| isolation)
            }
        }
    }

    /// Starts an empty sandbox.
    fn try_out(&self, program: &Path, scratch: &Path) -> Result<(), SandboxError> {
        let policy = SandboxPolicy::new(self.clone(), &[], &[], true)?;
        let mounts = Mounts {
            workspace: scratch,
            home: scratch,
            temporary: scratch,
        };
        let output = Command::new(program)
            .args(policy.arguments(&mounts, WORKSPACE, &BTreeMap::new(), true))
            .args(["--", "/bin/sh", "-c", ":"])
            .env_clear()
            .stdin(Stdio::null())
            .output()
            .map_err(|error| SandboxError::Unavailable {
                reason: format!("{} does not start: {error}", program.display()),
            })?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said: String = said
            .trim()
            .chars()
            .filter(|c| !c.is_control())
            .take(300)
            .collect();
        Err(SandboxError::Unavailable {
            reason: if said.is_empty() {
                format!("{} ended with {}", program.display(), output.status)
            } else {
                said
            },
        })
    }
}

fn find(search: &OsStr) -> Option<PathBuf> {
    env::split_paths(search)
        .filter(|directory| directory.is_absolute())
        .map(|directory| directory.join("bwrap"))
        .find(|path| {
            path.metadata()
                .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
        })
}
