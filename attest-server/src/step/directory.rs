//! Where a step's command starts.

use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};

use super::StepRequest;
use crate::sandbox::WORKSPACE;
use crate::tree::normalise;

/// One directory, as it is called on either side of bubblewrap.
pub(super) struct Directory {
    pub(super) outside: PathBuf,
    pub(super) inside: String,
}

impl Directory {
    /// The working directory of a step, which must be in its view, also behind links.
    pub(super) fn find(request: &StepRequest, workspace: &Path) -> Result<Self, String> {
        let declared = request.working_dir.as_deref().unwrap_or(".");
        let refuse = |why: &str| format!("the working directory {declared:?} {why}");
        let path = normalise(declared).ok_or_else(|| refuse("is outside the workspace"))?;
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let lookup = if path.is_empty() { "." } else { &path };
        rustix::fs::openat(CWD, workspace, flags, Mode::empty())
            .and_then(|root| {
                rustix::fs::openat2(root, lookup, flags, Mode::empty(), ResolveFlags::BENEATH)
            })
            .map_err(|errno| {
                refuse(&format!(
                    "is not in the source or in the outputs of needed steps: {errno}"
                ))
            })?;
        Ok(if path.is_empty() {
            Self {
                outside: workspace.to_path_buf(),
                inside: WORKSPACE.to_owned(),
            }
        } else {
            Self {
                outside: workspace.join(&path),
                inside: format!("{WORKSPACE}/{path}"),
            }
        })
    }
}
