//! The same fifty tasks as a workspace of npm packages, run by turbo.
//!
//! Its own binary is started, not the Node script around it, and it prints no logs: both in its favour. In a cold run it
//! starts npm for each task, which is most of its time there; that is how turbo runs a task.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::Failure;
use crate::peer::{Tool, run, version};
use crate::pipeline::Project;
use crate::work::Task;

/// A workspace that turbo runs.
pub(crate) struct Turbo {
    path: PathBuf,
    pub(crate) project: Project,
}

impl Turbo {
    /// Makes the workspace; `None`, said aloud, where npm is missing.
    pub(crate) fn set_up(tool: &Tool) -> Result<Option<Self>, Failure> {
        let npm = match version(Path::new("npm")) {
            Ok(version) => version,
            Err(error) => {
                eprintln!("turbo is left out: npm: {error}");
                return Ok(None);
            }
        };
        let project = Project::new()?;
        write_workspace(&project, &npm)?;
        let command = |program: &str, args: &[&str]| {
            let mut command = Command::new(program);
            run(command.current_dir(project.path()).args(args))
        };
        // Links the packages to each other; it fetches nothing.
        command("npm", &["install", "--offline", "--no-audit", "--no-fund"])?;
        command("git", &["init", "-q"])?;
        command("git", &["add", "-A"])?;
        let identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"];
        command(
            "git",
            &[&identity[..], &["commit", "-q", "-m", "bench"]].concat(),
        )?;
        Ok(Some(Self {
            path: tool.path.clone(),
            project,
        }))
    }

    /// Runs all tasks: how long it took, and how many did not come from its cache.
    pub(crate) fn run(&self) -> Result<(Duration, usize), Failure> {
        let mut command = Command::new(&self.path);
        command
            .current_dir(self.project.path())
            .args(["run", "build", "--output-logs=none"])
            .env("TURBO_TELEMETRY_DISABLED", "1")
            .env("DO_NOT_TRACK", "1")
            .stdin(Stdio::null());
        let start = Instant::now();
        let output = command.output()?;
        let time = start.elapsed();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("turbo: {}\n{text}{said}", output.status).into());
        }
        Ok((time, ran(&text)?))
    }
}

/// Reads the line `Cached:    49 cached, 50 total` of its summary.
fn ran(text: &str) -> Result<usize, Failure> {
    let line = text.lines().find(|line| line.contains("Cached:"));
    let line = line.ok_or_else(|| format!("turbo printed no summary:\n{text}"))?;
    let numbers = line
        .split_whitespace()
        .filter_map(|word| word.parse::<usize>().ok());
    match numbers.collect::<Vec<_>>().as_slice() {
        [cached, total] => Ok(total.saturating_sub(*cached)),
        _ => Err(format!("turbo's summary is not understood: {line}").into()),
    }
}

fn write_workspace(project: &Project, npm: &str) -> Result<(), Failure> {
    let write = |path: &str, content: &str| std::fs::write(project.path().join(path), content);
    let root = json!({
        "name": "bench",
        "private": true,
        "packageManager": format!("npm@{npm}"),
        "workspaces": ["packages/*"],
    });
    write("package.json", &root.to_string())?;
    let build = json!({"dependsOn": ["^build"], "inputs": ["in.txt", "package.json"], "outputs": ["out.txt"]});
    write(
        "turbo.json",
        &json!({"tasks": {"build": build}}).to_string(),
    )?;
    // Without `.turbo` here its cache would be part of what it hashes.
    write(".gitignore", "node_modules\n.turbo\nout.txt\n")?;
    for task in &project.tasks {
        let path = format!("{}/package.json", task.package());
        write(&path, &package(task).to_string())?;
    }
    Ok(())
}

fn package(task: &Task) -> Value {
    let needs = task.needs.iter().map(|name| (name.clone(), json!("*")));
    json!({
        "name": task.name,
        "version": "1.0.0",
        "scripts": {"build": task.command("../../")},
        "dependencies": needs.collect::<Map<String, Value>>(),
    })
}
