//! The line above the table: on what it was measured, and with which versions.

use std::path::Path;

use attest_tests::{binary, require};

use crate::Failure;
use crate::peer::{Peers, version};
use crate::timing::Runs;

/// What signatures are verified by: `.cargo/config.toml` asks for AVX-512, users of the crates get the default.
const BACKEND: &str = if cfg!(curve25519_dalek_backend = "avx512") {
    "AVX-512"
} else {
    "default"
};

/// Machine, versions and number of runs, without anything that names the machine.
pub(crate) fn header(peers: &Peers, runs: Runs) -> Result<String, Failure> {
    let cores = std::thread::available_parallelism()?;
    let mut parts = vec![format!("{cores} cores")];
    parts.extend(processor());
    parts.push(format!("attest {}", version(&binary::attest())?));
    parts.push(format!("{BACKEND} backend of curve25519-dalek"));
    for (name, tool) in [
        ("b3sum", &peers.b3sum),
        ("continuum-attest", &peers.continuum),
        ("turbo", &peers.turbo),
        ("in-toto", &peers.in_toto),
    ] {
        parts.extend(tool.as_ref().map(|tool| format!("{name} {}", tool.version)));
    }
    if require::bubblewrap_works() {
        parts.push(format!("bubblewrap {}", version(Path::new("bwrap"))?));
    }
    Ok(format!(
        "{}; medians of {} runs",
        parts.join(", "),
        runs.count()
    ))
}

fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
