//! How a run is shown while it runs: a line per running step below the log on a terminal, plain lines elsewhere.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::time::Duration;

use attest_sdk::LogEntry;
use attest_sdk::v1::{Execution, ExecutionStep, StepStatus};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::{Console, Took, escape};

/// Something to show.
#[derive(Debug, PartialEq)]
enum Happened<'a> {
    Line(&'a LogEntry),
    Change(&'a ExecutionStep),
}

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

    /// What is new: lines of the log, and the execution where it changed. Each change of a step is shown once, the end
    /// of a step after its own lines and before what was written later.
    pub(crate) fn news(&mut self, lines: &[LogEntry], execution: Option<&Execution>) {
        let changes = execution.map_or_else(Vec::new, |execution| self.changes(execution));
        for happened in in_order(lines, changes) {
            match happened {
                Happened::Line(entry) => self.log(entry),
                Happened::Change(step) => self.changed(step),
            }
        }
    }

    /// The steps that are not as they were at the last look.
    fn changes<'a>(&mut self, execution: &'a Execution) -> Vec<&'a ExecutionStep> {
        let changed = |step: &&ExecutionStep| {
            self.seen.insert(step.name.clone(), step.status.clone()) != Some(step.status.clone())
        };
        execution.steps.iter().filter(changed).collect()
    }

    fn log(&self, entry: &LogEntry) {
        self.line(&format!(
            "[{}] {}",
            escape(&entry.step),
            escape(&entry.message)
        ));
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

/// Lines in their own order; each step that ended where it ended, but never before a line of its own.
fn in_order<'a>(lines: &'a [LogEntry], mut changes: Vec<&'a ExecutionStep>) -> Vec<Happened<'a>> {
    // Stable: steps without an end, skipped ones say, keep their order and come last.
    changes.sort_by_key(|step| (step.completed_at.is_none(), step.completed_at));
    let last_line = |step: &ExecutionStep| lines.iter().rposition(|entry| entry.step == step.name);
    let mut changes = changes
        .into_iter()
        .map(|step| (last_line(step), step))
        .peekable();
    let mut happened = Vec::new();
    for (index, entry) in lines.iter().enumerate() {
        while let Some((_, step)) = changes.next_if(|(last, step)| {
            last.is_none_or(|last| last < index)
                && step.completed_at.is_some_and(|end| end <= entry.timestamp)
        }) {
            happened.push(Happened::Change(step));
        }
        happened.push(Happened::Line(entry));
    }
    happened.extend(changes.map(|(_, step)| Happened::Change(step)));
    happened
}

fn describe(step: &ExecutionStep) -> Option<String> {
    let took = step
        .duration_seconds
        .map_or_else(String::new, |seconds| format!(" in {}", Took(seconds)));
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

#[cfg(test)]
mod tests {
    use attest_sdk::LogEntry;
    use attest_sdk::v1::ExecutionStep;
    use serde_json::{from_value, json};

    use super::{Happened, in_order};

    fn line(step: &str, second: u32) -> LogEntry {
        let time = format!("2024-12-01T16:00:{second:02}Z");
        from_value(json!({"timestamp": time, "step": step, "level": "info", "message": "m", "seq": second + 1}))
            .unwrap()
    }

    fn step(name: &str, end: Option<u32>) -> ExecutionStep {
        let end = end.map(|second| format!("2024-12-01T16:00:{second:02}Z"));
        from_value(json!({"name": name, "status": "completed", "completed_at": end})).unwrap()
    }

    fn shown(lines: &[LogEntry], steps: &[ExecutionStep]) -> String {
        let words = in_order(lines, steps.iter().collect()).into_iter();
        let words = words.map(|happened| match happened {
            Happened::Line(entry) => entry.step.clone(),
            Happened::Change(step) => step.name.to_uppercase(),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_end_of_a_step_is_shown_before_what_was_written_later() {
        let lines = [line("a", 1), line("b", 3), line("c", 5)];
        let steps = [step("b", Some(4)), step("a", Some(2))];
        assert_eq!(shown(&lines, &steps), "a A b B c");
    }

    #[test]
    fn the_end_of_a_step_is_never_shown_before_its_own_lines_whatever_the_clock_says() {
        let lines = [line("a", 3), line("b", 4), line("a", 5), line("b", 6)];
        assert_eq!(shown(&lines, &[step("a", Some(1))]), "a b a A b");
    }

    #[test]
    fn a_step_without_an_end_comes_last() {
        let steps = [step("skipped", None), step("a", Some(2))];
        assert_eq!(
            shown(&[line("a", 1), line("b", 3)], &steps),
            "a A b SKIPPED"
        );
        assert_eq!(shown(&[], &steps), "A SKIPPED");
    }
}
