//! `attest hash`: the hash of a step's inputs or outputs, or of a pipeline.

use std::path::{Path, PathBuf};

use attest_sdk::manifest::{self, ManifestError};
use clap::{ArgGroup, Args};
use serde_json::json;

use crate::failure::Failure;
use crate::output::Console;
use crate::project;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["run", "outputs", "pipeline"]))]
pub(crate) struct Arguments {
    /// A step's command: hashes its input manifest, with each --input
    #[arg(long, value_name = "CMD", allow_hyphen_values = true)]
    run: Option<String>,
    /// A declared input, relative to the workspace; may be repeated
    #[arg(
        long = "input",
        value_name = "PATH",
        requires = "run",
        allow_hyphen_values = true
    )]
    inputs: Vec<String>,
    /// A declared output, relative to the workspace: hashes the output manifest; may be repeated
    #[arg(long = "output", value_name = "PATH", allow_hyphen_values = true)]
    outputs: Vec<String>,
    /// A pipeline file: hashes its canonical text
    #[arg(long, value_name = "FILE")]
    pipeline: Option<PathBuf>,
    /// Prints the canonical text of the pipeline instead of its hash
    #[arg(long, requires = "pipeline", conflicts_with = "json")]
    canonical: bool,
    /// The workspace, by default the current directory. With --pipeline: hashes what `attest run` would execute there
    #[arg(long, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// The environment's name, as for `attest run`
    #[arg(
        long,
        value_name = "NAME",
        requires = "pipeline",
        requires = "workspace"
    )]
    environment: Option<String>,
    /// A variable, as for `attest run`; may be repeated
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = project::variable, requires = "pipeline", requires = "workspace")]
    variables: Vec<(String, String)>,
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<u8, Failure> {
    match &arguments.pipeline {
        Some(file) => pipeline(arguments, file, console),
        None => files(arguments, console),
    }
}

fn pipeline(arguments: &Arguments, file: &Path, console: &Console) -> Result<u8, Failure> {
    let pipeline = match effective(arguments, file) {
        Ok(pipeline) => pipeline,
        Err(failure) if arguments.json => {
            console.json(
                &json!({"error": "pipeline_refused", "path": file, "message": failure.message()}),
            );
            return Ok(2);
        }
        Err(failure) => return Err(failure),
    };
    if arguments.canonical {
        console.raw(&pipeline.canonical_text());
    } else {
        show(&pipeline.hash().to_string(), arguments.json, console);
    }
    Ok(0)
}

fn effective(
    arguments: &Arguments,
    file: &Path,
) -> Result<attest_sdk::pipeline::Pipeline, Failure> {
    let definition = project::read(file)?;
    let Some(workspace) = &arguments.workspace else {
        return Ok(definition.into_pipeline());
    };
    let name = project::name_of(workspace)?;
    let variables = project::variables(&arguments.variables)?;
    let expanded = if definition.has_globs() {
        definition.expand(&project::contents(workspace)?)
    } else {
        Ok(definition)
    };
    expanded
        .and_then(|definition| {
            definition.effective(arguments.environment.as_deref(), &variables, &name)
        })
        .map_err(|problems| project::refuse(file, &problems))
}

fn files(arguments: &Arguments, console: &Console) -> Result<u8, Failure> {
    let workspace = arguments.workspace.as_deref().unwrap_or(Path::new("."));
    let manifest = match &arguments.run {
        Some(run) => manifest::hash_inputs(workspace, run, &arguments.inputs),
        None => manifest::hash_outputs(workspace, &arguments.outputs),
    };
    match manifest {
        Ok(manifest) => {
            show(&manifest.digest().to_string(), arguments.json, console);
            Ok(0)
        }
        Err(error) => refuse(&error, arguments.json, console),
    }
}

fn refuse(error: &ManifestError, as_json: bool, console: &Console) -> Result<u8, Failure> {
    if as_json {
        console.json(&json!({"error": error.word(), "path": error.path()}));
        return Ok(2);
    }
    Err(Failure::new(format!("{}: {error}", error.word())))
}

fn show(hash: &str, as_json: bool, console: &Console) {
    if as_json {
        console.json(&json!({"hash": hash}));
    } else {
        console.data(hash);
    }
}
