//! `attest cache delete`.

use attest_sdk::Digest;
use clap::Args;

use crate::connection;
use crate::failure::Failure;
use crate::output::Console;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    connection: connection::Connection,
    /// The objects, blake3:<hex>
    #[arg(required = true, value_name = "DIGEST", value_parser = digest)]
    objects: Vec<Digest>,
}

pub(super) async fn run(arguments: &Arguments, console: &Console) -> Result<u8, Failure> {
    let cache = connection::client(&arguments.connection)?.cache();
    for object in &arguments.objects {
        cache.delete(object).await?;
        console.note(&format!("deleted {object}"));
    }
    Ok(0)
}

fn digest(text: &str) -> Result<Digest, String> {
    Digest::parse_prefixed(text).map_err(|error| error.to_string())
}
