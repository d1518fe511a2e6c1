//! Fifty steps through the server, from the POST to the signed receipt in hand, with turbo doing the same beside it.
//!
//! All sources are new in a cold run and none in a cached one; in the third, one step's own source changes, that of a
//! step which nothing needs. The server runs already, and takes a snapshot of the project at each POST; turbo starts as a
//! process, since that is how each is used. `attest run` is a process too: it uploads the project, follows the log and saves
//! the receipt.

use std::cell::Cell;
use std::path::Path;
use std::time::{Duration, Instant};

use attest_tests::require;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Failure;
use crate::continuum::Continuum;
use crate::peer::{Peers, run};
use crate::service::{Service, ran};
use crate::table::{Other, Table};
use crate::timing::{Run, Runs, medians};
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
    /// The project of fifty steps.
    pub(crate) fn new() -> Result<Self, Failure> {
        Self::of(10)
    }

    /// Of so many levels of five steps.
    pub(crate) fn of(levels: usize) -> Result<Self, Failure> {
        let project = Self {
            dir: tempfile::tempdir()?,
            tasks: tasks(levels),
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

    /// `run`, which says how long it took and how many steps ran, after each change.
    fn after<'a>(
        &'a self,
        change: Change,
        mut run: impl FnMut() -> Result<(Duration, usize), Failure> + 'a,
    ) -> Run<'a> {
        Box::new(move || {
            let due = self.apply(change)?;
            let (time, ran) = run()?;
            if ran == due {
                return Ok(time);
            }
            Err(format!("{}: {ran} steps ran where {due} were due", change.what()).into())
        })
    }
}

/// The project, and a server that runs it.
struct Ours {
    name: &'static str,
    project: Project,
    service: Service,
    /// Where the API is asked itself; else `attest run` asks it.
    pipeline: Option<String>,
}

impl Ours {
    fn by_api(
        name: &'static str,
        isolation: &'static str,
        project: Project,
    ) -> Result<Self, Failure> {
        let service = Service::start(project.path(), isolation)?;
        let pipeline = service.create(&config(&project.tasks))?;
        Ok(Self {
            name,
            project,
            service,
            pipeline: Some(pipeline),
        })
    }

    fn by_command(name: &'static str) -> Result<Self, Failure> {
        let project = Project::new()?;
        let mut pipeline = config(&project.tasks);
        if let Some(pipeline) = pipeline.as_object_mut() {
            pipeline.insert("name".to_owned(), json!("bench"));
        }
        std::fs::write(project.path().join("attest.yaml"), pipeline.to_string())?;
        std::fs::create_dir(project.path().join(".attest"))?;
        Ok(Self {
            name,
            service: Service::start(project.path(), "none")?,
            project,
            pipeline: None,
        })
    }

    fn run(&self) -> Result<(Duration, usize), Failure> {
        if let Some(pipeline) = &self.pipeline {
            let (time, answer) = self.service.execute(pipeline)?;
            let receipt = answer.get("receipt").ok_or("no receipt")?;
            return Ok((time, ran(receipt)?));
        }
        let receipt = self.project.path().join(".attest/receipt.json");
        let arguments = ["run", "--json", "--receipt", ".attest/receipt.json"];
        let start = Instant::now();
        run(&mut self.service.attest(self.project.path(), &arguments))?;
        let time = start.elapsed();
        let text = std::fs::read(&receipt)?;
        std::fs::remove_file(&receipt)?;
        Ok((time, ran(&serde_json::from_slice(&text)?)?))
    }
}

pub(crate) fn rows(table: &mut Table, runs: Runs, peers: &Peers) -> Result<(), Failure> {
    let mut ours = vec![
        Ours::by_api("isolation none", "none", Project::new()?)?,
        Ours::by_command("isolation none, by attest run")?,
    ];
    if require::bubblewrap_works() {
        let ours_in_it = Ours::by_api("isolation bubblewrap", "bubblewrap", Project::new()?)?;
        ours.insert(0, ours_in_it);
    }
    let turbo = peers
        .turbo
        .as_ref()
        .map(Turbo::set_up)
        .transpose()?
        .flatten();
    for change in Change::EACH {
        let mut each: Vec<Run<'_>> = Vec::new();
        for it in &ours {
            each.push(it.project.after(change, || it.run()));
        }
        if let Some(turbo) = &turbo {
            each.push(turbo.project.after(change, || turbo.run()));
        }
        let times = medians(runs, each)?;
        let (times, theirs) = times.split_at(ours.len());
        for (it, time) in ours.iter().zip(times) {
            let other = theirs.first().map(|time| Other {
                name: "turbo, which neither isolates nor signs".to_owned(),
                time: *time,
            });
            table.add(
                format!("50 steps, {}, {}", change.what(), it.name),
                *time,
                other,
            );
        }
    }
    twice_as_many(table, runs, peers)
}

/// A hundred steps, all of them cached, beside the independent tool doing the same without a server: it signs as well, runs its
/// steps in the project's own directory, and neither isolates them nor keeps their outputs.
fn twice_as_many(table: &mut Table, runs: Runs, peers: &Peers) -> Result<(), Failure> {
    let ours = Ours::by_api("", "none", Project::of(20)?)?;
    let tool = peers
        .continuum
        .as_ref()
        .map(|tool| Continuum::set_up(tool, Project::of(20)?))
        .transpose()?;
    // Their first run is untimed, as each first run is; the steps run in it.
    ours.run()?;
    let mut each: Vec<Run<'_>> = vec![ours.project.after(Change::Nothing, || ours.run())];
    if let Some(tool) = &tool {
        each.push(tool.project().after(Change::Nothing, || tool.run()));
    }
    let times = medians(runs, each)?;
    if let Some(time) = times.first() {
        let other = times.get(1).map(|time| Other {
            name: "the independent tool's `run --sign`: no server, no isolation".to_owned(),
            time: *time,
        });
        table.add("100 steps, all cached, isolation none", *time, other);
    }
    Ok(())
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
