//! `attest run`: the pipeline of `attest.yaml`, executed on a server, with its receipt saved.

mod prepare;
mod save;
mod watch;

use std::path::{Path, PathBuf};

use attest_sdk::{ExecuteOptions, Execution, ExecutionStatus};
use clap::Args;
use serde_json::json;

use crate::connection;
use crate::failure::Failure;
use crate::output::progress::Progress;
use crate::output::{Console, Took};
use crate::project;

/// The pipeline's file.
const FILE: &str = "attest.yaml";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    connection: connection::Connection,
    /// The environment's name: ATTEST_ENVIRONMENT to the steps, and part of what the receipt attests
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// A variable for every step, attested in the receipt and public; may be repeated
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = project::variable)]
    variables: Vec<(String, String)>,
    /// Where the receipt goes, as YAML or JSON by its ending [default: .attest/receipts/<execution id>.yaml]
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Prints one JSON object at the end; progress and logs go to standard error
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments, console: &Console) -> Result<u8, Failure> {
    let format = save::Format::of(arguments.receipt.as_deref())?;
    let prepared = prepare::read(Path::new(FILE))?;
    let variables = project::variables(&arguments.variables)?;
    prepared.check_options(arguments.environment.as_deref(), &variables)?;
    let client = connection::client(&arguments.connection)?;

    let pipeline = prepared.pipeline(&client).await?;
    let options = ExecuteOptions {
        environment: arguments.environment,
        variables,
        version: pipeline.version(),
        ..ExecuteOptions::default()
    };
    let execution = pipeline
        .execute(options)
        .await
        .map_err(|error| prepared.explain(error))?;

    let mut progress = Progress::new(*console, arguments.json);
    progress.note(&format!(
        "execution {} of {}",
        execution.id(),
        pipeline.name()
    ));
    let ended = watch::until_over(&execution, &mut progress).await;
    progress.end();
    let execution = match ended {
        Ok(Some(execution)) => execution,
        Ok(None) => {
            console.note(&format!("detached: execution {} goes on", execution.id()));
            return Ok(130);
        }
        Err(error) => {
            console.warn(&format!(
                "lost sight of execution {}, which goes on",
                execution.id()
            ));
            return Err(error.into());
        }
    };
    let saved = save::receipt(&execution, arguments.receipt.as_deref(), format).await;
    report(
        &execution,
        saved.as_ref().ok().and_then(Option::as_ref),
        arguments.json,
        console,
    );
    if let Err(failure) = saved {
        // The run's own result stands; that its receipt is missing must not pass for success.
        console.failure(&failure);
        return Ok(if *execution.status() == ExecutionStatus::Completed {
            2
        } else {
            1
        });
    }
    Ok(if *execution.status() == ExecutionStatus::Completed {
        0
    } else {
        1
    })
}

fn report(execution: &Execution, saved: Option<&save::Saved>, as_json: bool, console: &Console) {
    let state = execution.state();
    if as_json {
        console.json(&json!({
            "execution_id": state.id,
            "pipeline_id": state.pipeline_id,
            "status": state.status,
            "exit_code": state.exit_code,
            "duration_seconds": state.duration_seconds,
            "failure": state.failure,
            "steps": state.steps,
            "pipeline_hash": state.pipeline_hash,
            "receipt_hash": saved.map(|saved| saved.hash.to_string()),
            "receipt": saved.map(|saved| &saved.receipt),
            "pipeline": saved.map(|saved| &saved.pipeline),
        }));
        return;
    }
    let took = state
        .duration_seconds
        .map_or_else(String::new, |seconds| format!(" in {}", Took(seconds)));
    console.note(&format!("execution {} {}{took}", state.id, state.status));
    if let Some(failure) = &state.failure {
        console.note(&format!("{} ({})", failure.message, failure.reason));
    }
    match saved {
        Some(saved) => {
            console.note(&format!("receipt   {}", saved.receipt.display()));
            console.note(&format!("pipeline  {}", saved.pipeline.display()));
            match &saved.signer {
                Some(id) => console.note(&format!("signed by key {id}")),
                None => console.warn("the receipt is not signed"),
            }
        }
        None => console.note("no receipt"),
    }
}
