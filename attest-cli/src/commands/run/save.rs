//! Saving a receipt, and beside it the pipeline it is of.

use std::path::{Path, PathBuf};

use attest_sdk::{Digest, Error, ErrorKind, Execution, KeyId};

use crate::failure::Failure;
use crate::output::write_files;

/// How a receipt is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Yaml,
    Json,
}

impl Format {
    /// By the file's ending.
    pub(super) fn of(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(file) = file else {
            return Ok(Self::Yaml);
        };
        match file.extension().and_then(|ending| ending.to_str()) {
            Some("yaml" | "yml") => Ok(Self::Yaml),
            Some("json") => Ok(Self::Json),
            _ => Err(Failure::new(format!(
                "--receipt {}: the ending says how it is written",
                file.display()
            ))
            .hint("end it in .yaml or .json")),
        }
    }
}

/// What was saved.
pub(super) struct Saved {
    pub(super) receipt: PathBuf,
    pub(super) pipeline: PathBuf,
    pub(super) hash: Digest,
    pub(super) signer: Option<KeyId>,
}

/// Fetches and saves both; `None` where the execution has no receipt, for no step ran.
pub(super) async fn receipt(
    execution: &Execution,
    file: Option<&Path>,
    format: Format,
) -> Result<Option<Saved>, Failure> {
    let (receipt, text) = tokio::join!(execution.get_receipt(), execution.pipeline_yaml());
    let receipt = match receipt {
        Ok(receipt) => receipt,
        Err(error) if reason(&error) == Some("no_step_ran") => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let text = text?;
    let file = match file {
        Some(file) => file.to_owned(),
        None => default_file(execution.id())?,
    };
    let pipeline = file.with_extension("pipeline.yaml");
    let rendered = match format {
        Format::Yaml => receipt.to_yaml(),
        Format::Json => receipt.to_json(),
    };
    write_files(&[(&file, &rendered), (&pipeline, &text)])?;
    Ok(Some(Saved {
        receipt: file,
        pipeline,
        hash: receipt.hash(),
        signer: receipt.signer(),
    }))
}

fn reason(error: &Error) -> Option<&str> {
    if error.kind() != ErrorKind::ResourceNotFound {
        return None;
    }
    error.details()?.get("reason")?.as_str()
}

/// `.attest/receipts/<id>.yaml`. The id comes from the server, and names a file here: only the letters of an id pass.
fn default_file(id: &str) -> Result<PathBuf, Failure> {
    if !id
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    {
        return Err(
            Failure::new(format!("the execution's id `{id}` cannot name a file"))
                .hint("give --receipt FILE"),
        );
    }
    Ok(Path::new(".attest/receipts").join(format!("{id}.yaml")))
}
