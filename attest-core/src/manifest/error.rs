//! Why a manifest cannot be made: one word of the format per rule, with the path.

use std::io;
use std::path::Path;

/// Why a manifest cannot be made, and at which path.
///
/// ```
/// use attest_core::manifest::hash_outputs;
///
/// # let dir = tempfile::tempdir()?;
/// # let workspace = dir.path();
/// let error = hash_outputs(workspace, &["out/app".to_owned()]).unwrap_err();
/// assert_eq!((error.word(), error.path()), ("not_found", "out/app"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{path:?}: {fault}")]
pub struct ManifestError {
    path: String,
    #[source]
    fault: Fault,
}

/// The rule that a path breaks.
///
/// ```
/// use attest_core::manifest::{Fault, hash_outputs};
///
/// # let dir = tempfile::tempdir()?;
/// # let workspace = dir.path();
/// std::os::unix::fs::symlink("/etc/passwd", workspace.join("users"))?;
/// let error = hash_outputs(workspace, &["users".to_owned()]).unwrap_err();
/// assert!(matches!(error.fault(), Fault::SymlinkEscapes { target } if target == "/etc/passwd"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A declared path does not exist, looked up as the system does.
    #[error("no such file or directory; declare a path that exists in the workspace")]
    NotFound,
    /// The path is not in the workspace, or is reached through a link that leaves it.
    #[error("this path is outside the workspace; declare paths inside it")]
    PathOutsideWorkspace,
    /// A part of the path is not UTF-8.
    #[error("the name is not UTF-8; rename it")]
    PathNotUtf8,
    /// The path holds a character of Unicode category Cc.
    #[error("the name holds a control character; rename it")]
    PathControlCharacter,
    /// A link's target is not UTF-8.
    #[error("the link's target is not UTF-8; make the link anew")]
    SymlinkTargetNotUtf8,
    /// A link's target, resolved as text, leaves the workspace.
    #[error("the link points to {target:?}, outside the workspace; copy what it points to")]
    SymlinkEscapes {
        /// The link's text.
        target: String,
    },
    /// A link's target is not equal to or under a declared path of the step.
    #[error("the link points to {target:?}, which is not declared; declare that path too")]
    SymlinkUndeclared {
        /// The link's text.
        target: String,
    },
    /// A FIFO, a socket or a device.
    #[error("neither a file, a directory nor a symbolic link; only these can be hashed")]
    NotARegularFile,
    /// The system refuses to read it. Not a word of the format: the tree is not at fault.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] io::Error),
}

impl ManifestError {
    pub(super) fn new(path: &str, fault: impl Into<Fault>) -> Self {
        Self {
            path: path.to_owned(),
            fault: fault.into(),
        }
    }

    pub(super) fn at(path: &Path, fault: impl Into<Fault>) -> Self {
        Self {
            path: path.to_string_lossy().into_owned(),
            fault: fault.into(),
        }
    }

    /// The word of the format, such as `not_found`; `unreadable` where the system refuses to read.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self.fault {
            Fault::NotFound => "not_found",
            Fault::PathOutsideWorkspace => "path_outside_workspace",
            Fault::PathNotUtf8 => "path_not_utf8",
            Fault::PathControlCharacter => "path_control_character",
            Fault::SymlinkTargetNotUtf8 => "symlink_target_not_utf8",
            Fault::SymlinkEscapes { .. } => "symlink_escapes",
            Fault::SymlinkUndeclared { .. } => "symlink_undeclared",
            Fault::NotARegularFile => "not_a_regular_file",
            Fault::Unreadable(_) => "unreadable",
        }
    }

    /// The path: as declared where the declaration is at fault, else relative to the workspace. What is not UTF-8 in
    /// it is shown as U+FFFD; control characters are as they are, so escape it before it reaches a terminal.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The rule that is broken.
    #[must_use]
    pub const fn fault(&self) -> &Fault {
        &self.fault
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        use rustix::io::Errno;
        match error.raw_os_error().map(Errno::from_raw_os_error) {
            Some(Errno::NOENT | Errno::NOTDIR) => Self::NotFound,
            // What has become a link or a socket between the look and the opening.
            // (INVAL: of what is no link, the target was asked.)
            Some(Errno::LOOP | Errno::NXIO | Errno::INVAL) => Self::NotARegularFile,
            _ => Self::Unreadable(error),
        }
    }
}

impl From<rustix::io::Errno> for Fault {
    fn from(errno: rustix::io::Errno) -> Self {
        io::Error::from(errno).into()
    }
}
