//! The command line's grammar.

use clap::{Parser, Subcommand};

use crate::commands::hash;

/// Run build pipelines, get signed receipts of what they did, and check receipts offline.
#[derive(Debug, Parser)]
#[command(name = "attest", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Hash a step's inputs or outputs, or a pipeline
    Hash(hash::Arguments),
}
