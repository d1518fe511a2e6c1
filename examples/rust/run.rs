//! Runs a two-step pipeline on the server that `ATTEST_BASE_URL` and `ATTEST_API_KEY` name, and gates on its receipt.
//!
//! `cargo run -p attest-examples --example run`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use attest_sdk::{AttestClient, Config, ExecuteOptions, PipelineConfig, Step};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = AttestClient::from_env()?;

    let step = |name: &str, run: &str, inputs: &[&str], outputs: &[&str], needs: &[&str]| {
        let texts = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
        let (inputs, outputs, needs) = (texts(inputs), texts(outputs), texts(needs));
        Step {
            name: name.to_owned(),
            run: run.to_owned(),
            inputs,
            outputs,
            needs,
        }
    };
    let steps = vec![
        step(
            "greet",
            "echo hello > greeting.txt",
            &[],
            &["greeting.txt"],
            &[],
        ),
        step(
            "test",
            "grep hello greeting.txt",
            &["greeting.txt"],
            &[],
            &["greet"],
        ),
    ];
    let config = Config {
        version: "0.1".to_owned(),
        steps,
    };
    let pipeline = client
        .pipelines()
        .create(PipelineConfig {
            name: "greeting".to_owned(),
            config,
        })
        .await?;

    let execution = pipeline.execute(ExecuteOptions::default()).await?;
    println!("execution {}", execution.id());
    let mut log = execution.stream_logs().await?;
    while let Some(line) = log.next().await {
        println!("[{}] {}", line.step, line.message);
    }
    let execution = execution.wait_for_completion().await?;

    // The verifier trusts the keys that the server publishes: good for a first run. To gate a release, pin a key with
    // `AttestClient::builder().trusted_keys(…)`, so that nobody who can answer for the server can vouch for it.
    let receipt = execution.get_receipt().await?;
    if !receipt.verify().await? {
        return Err(format!("the receipt of {} does not hold", execution.id()).into());
    }
    std::fs::write("receipt.json", receipt.to_json())?;
    println!("verified; the receipt is in receipt.json");
    Ok(())
}
