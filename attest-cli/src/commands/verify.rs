//! `attest verify`: the verdict on a receipt, offline.

mod show;
mod trust;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use attest_sdk::verify::{Evidence, Expect, HeldFile, Recomputed, policy};
use attest_sdk::{Verifier, receipt, recompute};
use clap::Args;

use crate::failure::Failure;
use crate::output::Console;
use crate::project;

pub(crate) use trust::{DEFAULT as DEFAULT_TRUST, Trust, read as read_trust};

/// Largest receipt that is read, in bytes; one more is read to see that it is longer.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The receipt, YAML or JSON
    #[arg(value_name = "FILE")]
    receipt: PathBuf,
    #[command(flatten)]
    trust: trust::Trust,
    /// A policy that has to be met; may be repeated
    #[arg(long = "policy", value_name = "POLICY", long_help = policies())]
    policies: Vec<String>,
    /// The pipeline it has to be of. Alone, checks pipeline_hash; with --workspace, takes the place of DIR/attest.yaml
    #[arg(long, value_name = "FILE")]
    pipeline: Option<PathBuf>,
    /// Derives every hash again from the files in this directory
    #[arg(long, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// A file that the receipt has to attest, by its content; may be repeated
    #[arg(long = "artifact", value_name = "FILE")]
    artifacts: Vec<PathBuf>,
    /// Believes the receipt's own time where a key was revoked, or ran out, later. Whoever holds such a key can write any time
    #[arg(long)]
    trust_receipt_timestamp: bool,
    /// Prints the report as JSON
    #[arg(long)]
    json: bool,
}

fn policies() -> String {
    let mut help = "A policy that has to be met; may be repeated:".to_owned();
    for pattern in policy::patterns() {
        help.push_str("\n  ");
        help.push_str(pattern);
    }
    help
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<u8, Failure> {
    let (builder, trust) = arguments.trust.apply(Verifier::builder())?;
    let mut expect = Expect::default();
    if let (Some(file), None) = (&arguments.pipeline, &arguments.workspace) {
        expect.pipeline_hash = Some(project::read(file)?.into_pipeline().hash());
    }
    let verifier = builder
        .policies(&arguments.policies)
        .map_err(|error| Failure::new(error.to_string()))?
        .expect(expect)
        .trust_receipt_timestamp(arguments.trust_receipt_timestamp)
        .build();
    let files = arguments
        .artifacts
        .iter()
        .map(|path| HeldFile::read(path))
        .collect::<Result<_, _>>()
        .map_err(|error| Failure::new(format!("--artifact {error}")))?;
    let bytes = read(&arguments.receipt)?;
    let recomputed = match &arguments.workspace {
        Some(workspace) => recomputed(&bytes, workspace, arguments.pipeline.as_deref())?,
        None => None,
    };
    let evidence = Evidence { recomputed, files };
    let report = verifier
        .verify_bytes_with(&bytes, &evidence)
        .map_err(|error| {
            Failure::new(format!(
                "{}: unreadable: {error}",
                arguments.receipt.display()
            ))
        })?;
    if arguments.json {
        console
            .json(&serde_json::to_value(&report).map_err(|error| Failure::new(error.to_string()))?);
    } else {
        show::report(&report, &arguments.receipt, &trust, console);
        show::attested(&bytes, &evidence.files, console);
    }
    Ok(if report.valid { 0 } else { 1 })
}

/// Reads a receipt, as much of it as may be parsed.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let fault =
        |error: std::io::Error| Failure::new(format!("cannot read {}: {error}", file.display()));
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|open| open.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(fault)?;
    Ok(bytes)
}

/// What the files give; `None` where there is no receipt to compare with, which its own checks will say.
fn recomputed(
    bytes: &[u8],
    workspace: &Path,
    pipeline: Option<&Path>,
) -> Result<Option<Recomputed>, Failure> {
    if !workspace.is_dir() {
        return Err(Failure::new(format!(
            "--workspace {}: no directory",
            workspace.display()
        )));
    }
    let text = pipeline.map(project::bytes).transpose()?;
    let Ok(receipt) = receipt::Receipt::parse(bytes) else {
        return Ok(None);
    };
    Ok(Some(recompute(&receipt, workspace, text.as_deref())))
}
