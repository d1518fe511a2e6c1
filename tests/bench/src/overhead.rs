//! What the server adds to each step: a chain of steps that do nothing, without cache, less a chain of one.

use std::process::Command;
use std::time::Duration;

use attest_tests::require;
use serde_json::{Value, json};

use crate::Failure;
use crate::peer::{Peers, Tool, run};
use crate::service::Service;
use crate::table::{Other, Table};
use crate::timing::{Run, Runs, median, medians, whole};

const STEPS: u32 = 50;

pub(crate) fn rows(table: &mut Table, runs: Runs, peers: &Peers) -> Result<(), Failure> {
    let mut alone = Vec::new();
    let mut isolations = vec!["none"];
    if require::bubblewrap_works() {
        isolations.push("bubblewrap");
    }
    for isolation in isolations {
        let source = tempfile::tempdir()?;
        let service = Service::start(source.path(), isolation)?;
        let shell = || (0..STEPS).try_for_each(|_| run(Command::new("sh").args(["-c", "true"])));
        let each = vec![
            chain(&service, 1)?,
            chain(&service, 1 + STEPS)?,
            whole(shell),
        ];
        let times = medians(runs, each)?;
        let &[one, all, shell] = times.as_slice() else {
            return Err("not everything was timed".into());
        };
        alone.push((isolation, all.saturating_sub(one) / STEPS, shell / STEPS));
        table.add(
            format!("one step more in a chain, isolation {isolation}"),
            all.saturating_sub(one) / STEPS,
            Some(Other {
                name: "sh -c true".to_owned(),
                time: shell / STEPS,
            }),
        );
    }
    if let Some(tool) = &peers.in_toto {
        beside_in_toto(table, runs, tool, &alone)?;
    }
    Ok(())
}

/// What is added to the shell, beside what `in-toto-run` adds to it: a process for each step, that signs for it.
fn beside_in_toto(
    table: &mut Table,
    runs: Runs,
    tool: &Tool,
    alone: &[(&str, Duration, Duration)],
) -> Result<(), Failure> {
    let dir = tempfile::tempdir()?;
    let made = ["keys", "generate", "--out", "key.pem"];
    run(&mut attest_tests::attest(dir.path(), made))?;
    let wrapped = || {
        let mut command = Command::new(&tool.path);
        command.current_dir(dir.path());
        run(command.args([
            "--step-name",
            "s",
            "--signing-key",
            "key.pem",
            "--",
            "sh",
            "-c",
            "true",
        ]))
    };
    let theirs = median(runs, whole(wrapped))?;
    for (isolation, ours, shell) in alone {
        table.add(
            format!("added to a step by us, isolation {isolation}"),
            ours.saturating_sub(*shell),
            Some(Other {
                name: "in-toto-run, which signs each step".to_owned(),
                time: theirs.saturating_sub(*shell),
            }),
        );
    }
    Ok(())
}

fn chain(service: &Service, steps: u32) -> Result<Run<'_>, Failure> {
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
    Ok(Box::new(move || Ok(service.execute(&pipeline)?.0)))
}
