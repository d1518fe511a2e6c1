//! `attest run`: the pipeline of `attest.yaml`, executed on a server, with its receipt saved.

mod download;
mod prepare;
mod report;
mod save;
mod source;
mod watch;

use std::path::{Path, PathBuf};

use attest_sdk::{ExecuteOptions, ExecutionStatus};
use clap::Args;

use crate::connection;
use crate::failure::Failure;
use crate::output::Console;
use crate::output::progress::Progress;
use crate::project;
use report::Ended;

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
    /// Runs on the server's own --source instead of uploading this directory
    #[arg(long)]
    server_source: bool,
    /// Runs every step: no result is taken from the server's cache, and none is kept in it
    #[arg(long)]
    no_cache: bool,
    /// Where the receipt goes, as YAML or JSON by its ending [default: .attest/receipts/<execution id>.yaml]
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    #[command(flatten)]
    download: download::Wanted,
    /// Prints one JSON object at the end; progress and logs go to standard error
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments, console: &Console) -> Result<u8, Failure> {
    let format = save::Format::of(arguments.receipt.as_deref())?;
    arguments.download.check()?;
    let prepared = prepare::read(Path::new(FILE))?;
    let variables = project::variables(&arguments.variables)?;
    prepared.check_options(arguments.environment.as_deref(), &variables)?;
    let client = connection::client(&arguments.connection)?;

    let (known, source, source_info) = if arguments.server_source {
        source::servers_own(&client).await?;
        (prepared.known(&client).await?, None, None)
    } else {
        let facts = source::facts();
        let contents = project::contents(Path::new("."))?;
        prepared.check_inputs(&contents)?;
        let upload = source::upload(contents, &client, console);
        let (source, known) = tokio::join!(upload, prepared.known(&client));
        let (source, known) = (source?, known?);
        (known, Some(source), facts.await.unwrap_or_default())
    };
    let pipeline = prepared.pipeline(&client, known).await?;
    let options = ExecuteOptions {
        source,
        source_info,
        environment: arguments.environment,
        variables,
        cache: !arguments.no_cache,
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
    let mut result = Ended {
        completed: *execution.status() == ExecutionStatus::Completed,
        saved: None,
        downloaded: None,
    };
    // The run's own result stands; that its receipt or its outputs are missing must not pass for success.
    let mut failures = Vec::new();
    match save::receipt(&execution, arguments.receipt.as_deref(), format).await {
        Ok(saved) => result.saved = saved,
        Err(failure) => failures.push(failure),
    }
    match arguments.download.download(execution.id())? {
        Some(download) if result.completed && failures.is_empty() => {
            match download.run(&execution, console).await {
                Ok(downloaded) => result.downloaded = Some(downloaded),
                Err(failure) => failures.push(failure),
            }
        }
        Some(_) => console.note("nothing is downloaded"),
        None => {}
    }
    result.report(&execution, arguments.json, console);
    for failure in &failures {
        console.failure(failure);
    }
    Ok(match (result.completed, failures.is_empty()) {
        (true, true) => 0,
        (true, false) => 2,
        (false, _) => 1,
    })
}
