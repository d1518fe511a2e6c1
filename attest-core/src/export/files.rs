//! Reading the subjects' files: from open handles beneath the workspace, each once, in bounded memory.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::{Content, Export, ExportError, Options, Plan};
use crate::key::SigningKey;
use crate::manifest::{Fault, ManifestError, Workspace};
use crate::parallel;
use crate::receipt::Receipt;

/// Exports a receipt whose outputs are in `workspace`. `now` is the time that the receipt is judged by.
///
/// ```no_run
/// use attest_core::export::{Format, Options, from_workspace};
/// use attest_core::key::SigningKey;
/// use attest_core::receipt::Receipt;
///
/// # fn demo(receipt: Receipt, key: SigningKey) -> Result<(), Box<dyn std::error::Error>> {
/// let export = from_workspace(&receipt, "build".as_ref(), &key, &Options::default(), chrono::Utc::now())?;
/// print!("{}", export.text(Format::Sigstore));
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`ExportError`], which names what stands in the way.
pub fn from_workspace(
    receipt: &Receipt,
    workspace: &Path,
    key: &SigningKey,
    options: &Options,
    now: DateTime<Utc>,
) -> Result<Export, ExportError> {
    let plan = Plan::new(receipt, key, options, now)?;
    let root = Workspace::open(workspace).map_err(|error| failed(&error))?;
    let paths: Vec<&str> = plan.subjects().collect();
    let contents = parallel::in_order(&paths, parallel::FILES, |path, worker| {
        let file = root.file(path).map_err(|error| failed(&error))?;
        Content::read_with(file, &mut worker.buffer).map_err(|error| ExportError::Unreadable {
            path: (*path).to_owned(),
            reason: error.to_string(),
        })
    })?;
    plan.sign(&contents)
}

fn failed(error: &ManifestError) -> ExportError {
    let path = error.path().to_owned();
    match error.fault() {
        Fault::NotFound | Fault::NotARegularFile => ExportError::Missing(path),
        Fault::PathOutsideWorkspace => ExportError::Path {
            path,
            reason: "it leads out of the workspace",
        },
        fault => ExportError::Unreadable {
            path,
            reason: fault.to_string(),
        },
    }
}
