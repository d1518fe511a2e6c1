//! The `attest` command: a thin layer over `attest-sdk` and `attest-server`.
//!
//! One file per command in [`commands`]; what they show goes through [`output`], so that nothing a step or a server says
//! can drive the terminal; where the server is, [`connection`] finds out.

mod cli;
mod commands;
mod failure;
mod output;
mod project;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use failure::Failure;
use output::Console;

fn main() -> ExitCode {
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
        Command::Hash(arguments) => commands::hash::run(&arguments, console),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Runtime::new()
        .map_err(|error| Failure::new(format!("cannot start the async runtime: {error}")))
}
