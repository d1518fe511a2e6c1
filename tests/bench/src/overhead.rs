//! What the server adds to each step: a chain of steps that do nothing, without cache, less a chain of one.

use std::process::Command;
use std::time::Duration;

use attest_tests::require;
use serde_json::{Value, json};

use crate::Failure;
use crate::peer::run;
use crate::service::Service;
use crate::table::{Other, Table};
use crate::timing::{Runs, median, median_of};

const STEPS: u32 = 50;

pub(crate) fn rows(table: &mut Table, runs: Runs) -> Result<(), Failure> {
    let shell = median(runs, || {
        (0..STEPS).try_for_each(|_| run(Command::new("sh").args(["-c", "true"])))
    })? / STEPS;
    let mut isolations = vec!["none"];
    if require::bubblewrap_works() {
        isolations.push("bubblewrap");
    }
    for isolation in isolations {
        let source = tempfile::tempdir()?;
        let service = Service::start(source.path(), isolation)?;
        let (one, all) = (chain(&service, 1, runs)?, chain(&service, 1 + STEPS, runs)?);
        table.add(
            format!("one step more in a chain, isolation {isolation}"),
            all.saturating_sub(one) / STEPS,
            Some(Other {
                name: "sh -c true",
                time: shell,
            }),
        );
    }
    Ok(())
}

fn chain(service: &Service, steps: u32, runs: Runs) -> Result<Duration, Failure> {
    let step = |index: u32| {
        let needs = index.checked_sub(1).map(|before| format!("s{before}"));
        json!({
            "name": format!("s{index}"),
            "run": "true",
            "inputs": [],
            "outputs": [],
            "needs": needs.into_iter().collect::<Vec<_>>(),
            "cache": false,
        })
    };
    let steps: Vec<Value> = (0..steps).map(step).collect();
    let pipeline = service.create(&json!({"version": "1", "steps": steps}))?;
    service.execute(&pipeline)?;
    median_of(runs, || Ok(service.execute(&pipeline)?.0))
}
