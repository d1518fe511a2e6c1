//! `attest keys`: signing keys, and the keys one trusts.

mod generate;
mod list;
mod pull;
mod show;

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
    /// Make a signing key
    Generate(generate::Arguments),
    /// List the keys of a trust store, of a server's data directory, or of a server
    List(list::Arguments),
    /// Show one public key: its id, its spellings, and what the trust store says of it
    Show(show::Arguments),
    /// Pin a server's published key in a trust store
    Pull(pull::Arguments),
}

pub(crate) async fn run(arguments: Arguments, console: &Console) -> Result<u8, Failure> {
    match arguments.command {
        Command::Generate(arguments) => generate::run(&arguments, console),
        Command::List(arguments) => list::run(&arguments, console).await,
        Command::Show(arguments) => show::run(&arguments, console),
        Command::Pull(arguments) => pull::run(&arguments, console).await,
    }
}
