//! `attest cache gc`.

use attest_sdk::GcRequest;
use clap::Args;
use indicatif::{HumanBytes, HumanCount};
use serde_json::json;

use crate::connection;
use crate::failure::Failure;
use crate::output::{Console, Took};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    connection: connection::Connection,
    /// What was not used for so many days goes [default: 30]
    #[arg(long, value_name = "N")]
    max_age_days: Option<u32>,
    /// Percent of the server's --cache-max-bytes that may stay [default: 100]
    #[arg(long, value_name = "P", requires = "aggressive", value_parser = clap::value_parser!(u8).range(0..=100))]
    target_size_percent: Option<u8>,
    /// Younger things go too, the longest unused first, until the target is reached
    #[arg(long)]
    aggressive: bool,
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &Arguments, console: &Console) -> Result<u8, Failure> {
    let client = connection::client(&arguments.connection)?;
    let request = GcRequest {
        max_age_days: arguments.max_age_days,
        target_size_percent: arguments.target_size_percent,
        aggressive: arguments.aggressive,
    };
    let report = client.cache().gc(&request).await?;
    if arguments.json {
        console.json(&json!(report));
    } else {
        console.data(&format!(
            "deleted {} objects, {}, in {}; {} stay",
            HumanCount(report.deleted_objects),
            HumanBytes(report.freed_bytes),
            Took(report.duration_seconds),
            HumanBytes(report.total_size_bytes)
        ));
    }
    Ok(0)
}
