//! `make bench`: one table of what this project costs, with a peer that does the same work beside each row.
//!
//! It times real commands and a real server over HTTP, built for release. Peers that are not installed are left out,
//! aloud; `scripts/bench.sh` installs them. Not here: assertions. A figure that is too slow is a row to look at, not a
//! failed build.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its table is what it is for"
)]

mod batch;
mod changed;
mod continuum;
mod hash;
mod languages;
mod libraries;
mod load;
mod machine;
mod overhead;
mod peer;
mod pipeline;
mod receipts;
mod server;
mod service;
mod table;
mod timing;
mod turbo;
mod upload;
mod verify;
mod work;

use std::process::ExitCode;

use peer::Peers;
use table::Table;
use timing::Runs;

/// Why a measurement could not be made.
type Failure = Box<dyn std::error::Error>;

const GROUPS: &[&str] = &[
    "verify",
    "languages",
    "hash",
    "pipeline",
    "step",
    "server",
    "upload",
];
const USAGE: &str = "usage: attest-bench [--quick] [verify | languages | hash | pipeline | step | server | upload]…";

fn main() -> ExitCode {
    let mut quick = false;
    let mut wanted = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--quick" => quick = true,
            group if GROUPS.contains(&group) => wanted.push(argument),
            other => {
                eprintln!("{other}: unknown\n{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    match measure(if quick { Runs::QUICK } else { Runs::FULL }, &wanted) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(runs: Runs, wanted: &[String]) -> Result<(), Failure> {
    let peers = Peers::find();
    let wants = |group: &str| wanted.is_empty() || wanted.iter().any(|name| name == group);
    println!("{}", machine::header(&peers, runs)?);
    let mut table = Table::begin();
    if wants("verify") {
        verify::rows(&mut table, runs)?;
        batch::row(&mut table, runs)?;
    }
    if wants("languages") {
        languages::rows(&mut table, runs)?;
    }
    if wants("hash") {
        hash::rows(&mut table, runs, &peers)?;
    }
    if wants("pipeline") {
        pipeline::rows(&mut table, runs, &peers)?;
    }
    if wants("step") {
        overhead::rows(&mut table, runs, &peers)?;
    }
    if wants("server") {
        server::rows(&mut table, runs)?;
    }
    if wants("upload") {
        upload::rows(&mut table, runs)?;
    }
    if wants("languages") {
        languages::sizes();
    }
    Ok(())
}
