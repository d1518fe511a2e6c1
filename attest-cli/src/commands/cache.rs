//! `attest cache`: what a server has stored, and letting go of it.

mod delete;
mod gc;
mod stats;

use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::output::Console;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show how much is stored, and how often a step was found there
    Stats(stats::Arguments),
    /// Delete stored objects by their digests
    Delete(delete::Arguments),
    /// Let go of what was not used for long
    Gc(gc::Arguments),
}

pub(crate) async fn run(arguments: Arguments, console: &Console) -> Result<u8, Failure> {
    match arguments.command {
        Command::Stats(arguments) => stats::run(&arguments, console).await,
        Command::Delete(arguments) => delete::run(&arguments, console).await,
        Command::Gc(arguments) => gc::run(&arguments, console).await,
    }
}
