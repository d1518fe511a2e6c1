//! How a run is shown while it runs: a line per running step below the log on a terminal, plain lines elsewhere.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::time::Duration;

use attest_sdk::LogEntry;
use attest_sdk::v1::{Execution, ExecutionStep, StepStatus};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::{Console, escape};

/// Shows one run.
pub(crate) struct Progress {
    console: Console,
    /// Whether standard output belongs to a JSON document, so that lines go to standard error.
    json: bool,
    seen: HashMap<String, StepStatus>,
    live: Option<Live>,
}

struct Live {
    bars: MultiProgress,
    steps: HashMap<String, ProgressBar>,
    style: ProgressStyle,
}

impl Progress {
    pub(crate) fn new(console: Console, json: bool) -> Self {
        let terminal = std::io::stderr().is_terminal() && (json || std::io::stdout().is_terminal());
        let live = terminal.then(|| Live {
            bars: MultiProgress::new(),
            steps: HashMap::new(),
            style: ProgressStyle::with_template("{spinner} {prefix} {elapsed}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        });
        Self {
            console,
            json,
            seen: HashMap::new(),
            live,
        }
    }

    /// A line of a step's log.
    pub(crate) fn log(&self, entry: &LogEntry) {
        self.line(&format!(
            "[{}] {}",
            escape(&entry.step),
            escape(&entry.message)
        ));
    }

    /// What has changed since the last look: each change of a step is shown once.
    pub(crate) fn look(&mut self, execution: &Execution) {
        for step in &execution.steps {
            if self.seen.get(&step.name) == Some(&step.status) {
                continue;
            }
            self.seen.insert(step.name.clone(), step.status.clone());
            self.changed(step);
        }
    }

    fn changed(&mut self, step: &ExecutionStep) {
        if let Some(live) = &mut self.live {
            if step.status == StepStatus::Running {
                let bar = live
                    .bars
                    .add(ProgressBar::new_spinner().with_style(live.style.clone()));
                bar.set_prefix(escape(&step.name));
                bar.enable_steady_tick(Duration::from_millis(100));
                live.steps.insert(step.name.clone(), bar);
                return;
            }
            if let Some(bar) = live.steps.remove(&step.name) {
                bar.finish_and_clear();
                live.bars.remove(&bar);
            }
        }
        if let Some(text) = describe(step) {
            self.note(&text);
        }
    }

    /// A line about the run itself.
    pub(crate) fn note(&self, text: &str) {
        match &self.live {
            Some(live) => live.bars.suspend(|| self.console.note(text)),
            None => self.console.note(text),
        }
    }

    fn line(&self, text: &str) {
        let write = || {
            if self.json {
                self.console.note(text)
            } else {
                self.console.data(text)
            }
        };
        match &self.live {
            Some(live) => live.bars.suspend(write),
            None => write(),
        }
    }

    /// Takes the live lines away.
    pub(crate) fn end(&mut self) {
        if let Some(live) = self.live.take() {
            let _ = live.bars.clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

fn describe(step: &ExecutionStep) -> Option<String> {
    let took = step
        .duration_seconds
        .map_or_else(String::new, |seconds| format!(" in {seconds:.1} s"));
    let code = step
        .exit_code
        .map_or_else(String::new, |code| format!(" with exit code {code}"));
    Some(match &step.status {
        StepStatus::Pending | StepStatus::Running => return None,
        StepStatus::Completed if step.cache_hit => {
            format!("step {}: taken from the cache", step.name)
        }
        StepStatus::Completed => format!("step {}: completed{took}", step.name),
        StepStatus::Failed => format!("step {}: failed{code}{took}", step.name),
        StepStatus::TimedOut => format!("step {}: ended by its time limit{took}", step.name),
        StepStatus::Skipped => format!(
            "step {}: skipped, since a step it needs did not complete",
            step.name
        ),
        other => format!("step {}: {other}", step.name),
    })
}
