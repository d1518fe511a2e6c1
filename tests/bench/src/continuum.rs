//! The pipeline run by the independent tool that writes the same receipts: `attest run --sign`, from its own cache.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::Failure;
use crate::peer::{Tool, run, said};
use crate::pipeline::Project;
use crate::service::ran;
use crate::work::Task;

/// A project that the tool has run once.
pub(crate) struct Continuum {
    path: PathBuf,
    project: Project,
}

impl Continuum {
    /// Makes a key and runs everything once, so that its cache is filled.
    pub(crate) fn set_up(tool: &Tool, project: Project) -> Result<Self, Failure> {
        let step = |task: &Task| {
            let step = json!({
                "run": task.command(""),
                "inputs": task.inputs(),
                "outputs": [task.output()],
                "needs": task.needs,
            });
            (task.name.clone(), step)
        };
        let steps: Map<String, Value> = project.tasks.iter().map(step).collect();
        let pipeline = json!({"name": "bench", "version": "1", "steps": steps});
        std::fs::write(project.path().join("attest.yaml"), pipeline.to_string())?;
        let this = Self {
            path: tool.path.clone(),
            project,
        };
        run(&mut this.command(&["keys", "generate", "--name", "bench"]))?;
        run(&mut this.command(&["run", "--sign", "--quiet"]))?;
        Ok(this)
    }

    pub(crate) fn project(&self) -> &Project {
        &self.project
    }

    /// How long a run takes, and how many steps of it were not cached.
    pub(crate) fn run(&self) -> Result<(Duration, usize), Failure> {
        let start = Instant::now();
        let printed = said(&mut self.command(&["run", "--sign", "--quiet"]))?;
        let time = start.elapsed();
        let receipt = printed.lines().last().unwrap_or_default().trim();
        let ran = ran(&self.json(Path::new(receipt))?)?;
        Ok((time, ran))
    }

    /// A receipt of the tool, as JSON: it writes YAML.
    fn json(&self, receipt: &Path) -> Result<Value, Failure> {
        let text = std::fs::read(self.project.path().join(receipt))?;
        let receipt = attest_core::receipt::Receipt::parse(&text)?;
        Ok(serde_json::from_str(&receipt.to_json())?)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command
            .current_dir(self.project.path())
            .env("HOME", self.project.path())
            .args(arguments);
        command
    }
}
