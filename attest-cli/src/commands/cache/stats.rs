//! `attest cache stats`.

use attest_sdk::CacheStats;
use clap::Args;
use indicatif::{HumanBytes, HumanCount};
use serde_json::json;

use crate::connection;
use crate::failure::Failure;
use crate::output::{Console, escape};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    connection: connection::Connection,
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &Arguments, console: &Console) -> Result<u8, Failure> {
    let client = connection::client(&arguments.connection)?;
    let stats = client.cache().stats().await?;
    if arguments.json {
        console.json(&json!(stats));
    } else {
        show(&stats, console);
    }
    Ok(0)
}

fn show(stats: &CacheStats, console: &Console) {
    let line = |label: &str, value: String| console.data(&escape(&format!("{label:<9} {value}")));
    line("objects", HumanCount(stats.total_entries).to_string());
    line("size", HumanBytes(stats.total_size_bytes).to_string());
    line("hits", hits(stats.hit_rate, stats.miss_rate));
    // With one tier the lines above say all there is.
    if stats.backends.len() > 1 {
        for (name, tier) in &stats.backends {
            let (objects, size) = (HumanCount(tier.entries), HumanBytes(tier.size_bytes));
            line(name, format!("{objects} objects, {size}"));
        }
    }
}

/// Both rates are 0 before the first look-up.
fn hits(hit_rate: f64, miss_rate: f64) -> String {
    if hit_rate + miss_rate > 0.0 {
        format!("{:.1} % of the steps looked up", hit_rate * 100.0)
    } else {
        "no step was looked up yet".to_owned()
    }
}
