//! Checks a receipt without any server, against a pinned key.
//!
//! `cargo run -p attest-examples --example verify_offline -- receipt.json ed25519:<64 hex digits>`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use attest_sdk::Verifier;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(key)) = (arguments.next(), arguments.next()) else {
        return Err("usage: verify_offline RECEIPT PUBLIC_KEY".into());
    };
    // A receipt of a failed run is authentic too: the policy is what makes this a gate.
    let verifier = Verifier::builder()
        .trusted_keys([key])?
        .policy("require-success")?
        .build();
    let report = verifier.verify_bytes(&std::fs::read(file)?)?;
    for check in &report.checks {
        println!(
            "{:<12} {:<8} {}",
            check.name.as_str(),
            check.status.as_str(),
            check.detail
        );
    }
    match report.first_failure() {
        None => println!("valid"),
        Some(check) => return Err(format!("refused: {}", check.name.as_str()).into()),
    }
    Ok(())
}
