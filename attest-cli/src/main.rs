//! The `attest` command: a thin layer over `attest-sdk` and `attest-server`.
//!
//! One file per command in [`commands`]; what they show goes through [`output`], so that nothing a step or a server says
//! can drive the terminal; where the server is, [`connection`] finds out.
#![allow(
    rustdoc::invalid_html_tags,
    reason = "the comments of arguments are the text of --help"
)]

mod cli;
mod commands;
mod connection;
mod failure;
mod output;
mod project;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use failure::Failure;
use output::Console;

fn main() -> ExitCode {
    // Before anything else, and before any thread: the supervisor of one step is this same binary.
    if std::env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == "__supervise")
    {
        return attest_server::supervisor::main();
    }
    let cli = Cli::parse();
    let console = Console::new();
    match run(cli.command, &console) {
        Ok(code) => code.into(),
        Err(failure) => {
            console.failure(&failure);
            failure.code().into()
        }
    }
}

fn run(command: Command, console: &Console) -> Result<u8, Failure> {
    match command {
        Command::Serve(arguments) => runtime()?.block_on(commands::serve::run(arguments, console)),
        Command::Run(arguments) => runtime()?.block_on(commands::run::run(arguments, console)),
        Command::Verify(arguments) => commands::verify::run(&arguments, console),
        Command::Export(arguments) => commands::export::run(&arguments, console),
        Command::Hash(arguments) => commands::hash::run(&arguments, console),
        Command::Cache(arguments) => runtime()?.block_on(commands::cache::run(arguments, console)),
        Command::Keys(arguments) => runtime()?.block_on(commands::keys::run(arguments, console)),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Runtime::new()
        .map_err(|error| Failure::new(format!("cannot start the async runtime: {error}")))
}
