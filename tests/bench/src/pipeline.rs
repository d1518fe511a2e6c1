//! Fifty steps through the server, from the POST to the signed receipt in hand, with turbo doing the same beside it.
//!
//! All sources are new in a cold run and none in a cached one; in the third, one step's own source changes, that of a
//! step which nothing needs. The server runs already, and takes a snapshot of the project at each POST; turbo starts as a
//! process, since that is how each is used. The last row is the `attest run` command, a process too, which uploads the
//! project, follows the log and saves the receipt.

use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use attest_tests::require;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Failure;
use crate::peer::{Peers, run};
use crate::service::{Service, ran_and_cached};
use crate::table::{Other, Table};
use crate::timing::{Runs, median, median_of};
use crate::turbo::Turbo;
use crate::work::{Task, tasks, write_source};

/// What is new since the run before.
#[derive(Debug, Clone, Copy)]
enum Change {
    All,
    Nothing,
    One,
}

impl Change {
    const EACH: [Self; 3] = [Self::All, Self::Nothing, Self::One];

    const fn what(self) -> &'static str {
        match self {
            Self::All => "cold",
            Self::Nothing => "all cached",
            Self::One => "one changed",
        }
    }
}

/// A directory with the sources of the tasks.
pub(crate) struct Project {
    dir: TempDir,
    pub(crate) tasks: Vec<Task>,
    round: Cell<usize>,
}

impl Project {
    pub(crate) fn new() -> Result<Self, Failure> {
        let project = Self {
            dir: tempfile::tempdir()?,
            tasks: tasks(),
            round: Cell::new(0),
        };
        project.apply(Change::All)?;
        Ok(project)
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Makes the change; how many steps have to run for it.
    fn apply(&self, change: Change) -> Result<usize, Failure> {
        let round = self.round.get() + 1;
        self.round.set(round);
        let changed = match change {
            Change::All => self.tasks.as_slice(),
            Change::Nothing => &[],
            Change::One => self
                .tasks
                .split_last()
                .map_or(&[][..], |(last, _)| std::slice::from_ref(last)),
        };
        for task in changed {
            write_source(self.path(), task, round)?;
        }
        Ok(changed.len())
    }

    /// The median time of `run`, which says how long it took and how many steps ran.
    fn time(
        &self,
        change: Change,
        runs: Runs,
        mut run: impl FnMut() -> Result<(Duration, usize), Failure>,
    ) -> Result<Duration, Failure> {
        run()?;
        median_of(runs, || {
            let due = self.apply(change)?;
            let (time, ran) = run()?;
            if ran == due {
                return Ok(time);
            }
            Err(format!("{}: {ran} steps ran where {due} were due", change.what()).into())
        })
    }
}

pub(crate) fn rows(table: &mut Table, runs: Runs, peers: &Peers) -> Result<(), Failure> {
    let mut theirs = Vec::new();
    if let Some(turbo) = peers
        .turbo
        .as_ref()
        .map(Turbo::set_up)
        .transpose()?
        .flatten()
    {
        for change in Change::EACH {
            theirs.push(turbo.project.time(change, runs, || turbo.run())?);
        }
    }
    let other = |index: usize| {
        let time: Option<&Duration> = theirs.get(index);
        time.map(|time| Other {
            name: "turbo, which neither isolates nor signs",
            time: *time,
        })
    };
    let isolations: &[&str] = if require::bubblewrap_works() {
        &["bubblewrap", "none"]
    } else {
        &["none"]
    };
    for isolation in isolations {
        let project = Project::new()?;
        let service = Service::start(project.path(), isolation)?;
        let pipeline = service.create(&config(&project.tasks))?;
        for (index, change) in Change::EACH.into_iter().enumerate() {
            let time = project.time(change, runs, || {
                let (time, receipt) = service.execute(&pipeline)?;
                Ok((time, ran_and_cached(&receipt)?.0))
            })?;
            table.add(
                format!("50 steps, {}, isolation {isolation}", change.what()),
                time,
                other(index),
            );
        }
    }
    table.add(
        "50 steps, all cached, by the command",
        by_the_command(runs)?,
        other(1),
    );
    Ok(())
}

fn by_the_command(runs: Runs) -> Result<Duration, Failure> {
    let project = Project::new()?;
    let service = Service::start(project.path(), "none")?;
    let mut pipeline = config(&project.tasks);
    if let Some(pipeline) = pipeline.as_object_mut() {
        pipeline.insert("name".to_owned(), json!("bench"));
    }
    std::fs::write(project.path().join("attest.yaml"), pipeline.to_string())?;
    median(runs, || {
        let arguments = ["run", "--json"];
        run(&mut service.attest(project.path(), &arguments))
    })
}

fn config(tasks: &[Task]) -> Value {
    let step = |task: &Task| {
        json!({
            "name": task.name,
            "run": task.command(""),
            "inputs": task.inputs(),
            "outputs": [task.output()],
            "needs": task.needs,
        })
    };
    let steps: Vec<Value> = tasks.iter().map(step).collect();
    json!({"version": "1", "strict_inputs": true, "steps": steps})
}
