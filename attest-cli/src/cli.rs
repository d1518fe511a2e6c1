//! The command line's grammar.

use clap::{Parser, Subcommand};

use crate::commands::{cache, export, hash, keys, run, serve, verify};

/// Run build pipelines, get signed receipts of what they did, and check receipts offline.
#[derive(Debug, Parser)]
#[command(name = "attest", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the v1 API and run pipelines
    Serve(serve::Arguments),
    /// Run the pipeline of attest.yaml on a server and save its receipt
    Run(run::Arguments),
    /// Check a receipt, offline
    Verify(verify::Arguments),
    /// Export a receipt as SLSA provenance, for other verifiers
    Export(export::Arguments),
    /// Hash a step's inputs or outputs, or a pipeline
    Hash(hash::Arguments),
    /// Look after a server's stored objects
    Cache(cache::Arguments),
    /// Make signing keys, and keep the keys one trusts
    Keys(keys::Arguments),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_grammar_is_sound() {
        super::Cli::command().debug_assert();
    }
}
