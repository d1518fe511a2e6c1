//! `attest export`: a receipt as SLSA provenance, signed by the key that signed the receipt, for other verifiers.

use std::path::{Path, PathBuf};

use attest_sdk::export::{Export, Format, Options};
use attest_sdk::{Receipt, SigningKey};
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::json;

use super::verify;
use crate::failure::Failure;
use crate::output::{Console, write_file};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The receipt, YAML or JSON
    #[arg(value_name = "RECEIPT")]
    receipt: PathBuf,
    /// The directory that holds the run's outputs
    #[arg(long, value_name = "DIR")]
    workspace: PathBuf,
    /// The private key that signed the receipt (PKCS#8 PEM): it signs the export, too
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// An output to make the statement about, as the receipt spells it; may be repeated [default: the files of every step
    /// whose outputs no other step builds on]
    #[arg(long = "subject", value_name = "PATH", allow_hyphen_values = true)]
    subjects: Vec<String>,
    /// intoto: a DSSE envelope. sigstore: the same in a sigstore bundle
    #[arg(long, value_name = "FORMAT", default_value = Format::InToto.as_str(),
        value_parser = PossibleValuesParser::new(Format::ALL.map(Format::as_str)))]
    format: String,
    /// Who runs the build platform, as a URI [default: a URN that says that nobody vouches for it]
    #[arg(long, value_name = "URI", allow_hyphen_values = true)]
    builder_id: Option<String>,
    /// Where it goes; - is standard output [default: <subject>.intoto.jsonl or <subject>.sigstore.json, here]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<u8, Failure> {
    let format = Format::of(&arguments.format).unwrap_or_default();
    let to_stdout = arguments.out.as_deref() == Some(Path::new("-"));
    if to_stdout && arguments.json {
        return Err(
            Failure::new("--out - and --json both want standard output").hint("give --out FILE")
        );
    }
    let export = export(arguments)?;
    let text = export.text(format);
    if to_stdout {
        console.raw(&text);
        return Ok(0);
    }
    let file = match &arguments.out {
        Some(file) => file.clone(),
        None => PathBuf::from(export.file_name(format)),
    };
    write_file(&file, &text)?;
    if arguments.json {
        console
            .json(&json!({"file": file, "format": format.as_str(), "subjects": export.subjects()}));
    } else {
        console.data(&format!("{}", file.display()));
        for subject in export.subjects() {
            console.note(&format!("  about {subject}"));
        }
    }
    Ok(0)
}

fn export(arguments: &Arguments) -> Result<Export, Failure> {
    let receipt = Receipt::parse(&verify::read(&arguments.receipt)?)
        .map_err(|error| Failure::new(format!("{}: {error}", arguments.receipt.display())))?;
    let key = SigningKey::read_file(&arguments.key)
        .map_err(|error| Failure::new(format!("--key {}: {error}", arguments.key.display())))?;
    if !arguments.workspace.is_dir() {
        return Err(Failure::new(format!(
            "--workspace {}: no directory",
            arguments.workspace.display()
        )));
    }
    let options = Options {
        subjects: arguments.subjects.clone(),
        builder_id: arguments.builder_id.clone(),
    };
    Ok(receipt.export(&arguments.workspace, &key, &options)?)
}
