//! What a receipt says about the isolation: one line per control, in a fixed order.
//!
//! A control is `enforced` only where a step could not have broken it. What nothing here limits says so.

use attest_core::digest::Digest;
use attest_core::receipt::{Control, ControlStatus, Isolation, IsolationMode};

use super::{Isolation as Kind, SandboxPolicy};

/// What the controls depend on, of one step that ran.
#[derive(Clone, Debug)]
pub struct StepFacts {
    /// The step's name.
    pub name: String,
    /// Whether it had the network.
    pub network: bool,
    /// Whether it saw its declared inputs only.
    pub strict_inputs: bool,
    /// Its time limit, in seconds.
    pub timeout_secs: Option<u64>,
}

impl SandboxPolicy {
    /// What a receipt of these steps says; `source` is the digest of the whole tree they ran on.
    #[must_use]
    pub fn receipt_isolation(&self, steps: &[StepFacts], source: &Digest) -> Isolation {
        let boxed = matches!(self.isolation(), Kind::Bubblewrap { .. });
        let controls = vec![
            network(boxed, self.network(), steps),
            if boxed {
                enforced(
                    "filesystem",
                    "a step sees the system's tools read-only, and its own workspace, home and /tmp",
                )
            } else {
                not_enforced("filesystem", "steps ran with the server's own rights")
            },
            if boxed {
                enforced(
                    "capabilities",
                    "none, in a user namespace of the step's own",
                )
            } else {
                not_enforced("capabilities", "steps had the server's own")
            },
            if boxed {
                enforced(
                    "environment",
                    "only declared variables and those that the operator lets through",
                )
            } else {
                not_enforced(
                    "environment",
                    "steps were given only declared variables, and could read those of other processes",
                )
            },
            not_enforced("memory", "no limit"),
            not_enforced("open-files", "no limit but the server's own"),
            not_enforced("cpu", "no limit"),
            timeout(steps),
            enforced("inputs", "hashed before the step ran, and again after it"),
            undeclared_files(steps, source),
        ];
        Isolation {
            mode: if boxed {
                IsolationMode::Container
            } else {
                IsolationMode::None
            },
            platform: std::env::consts::OS.to_owned(),
            controls,
            capsule_steps: Vec::new(),
        }
    }
}

fn network(boxed: bool, allowed: bool, steps: &[StepFacts]) -> Control {
    let online = names(steps, |step| step.network && (allowed || !boxed));
    match online.as_str() {
        "" if boxed => enforced("network", "no step had one"),
        online => not_enforced("network", &format!("available to {online}")),
    }
}

fn timeout(steps: &[StepFacts]) -> Control {
    match names(steps, |step| step.timeout_secs.is_none()).as_str() {
        "" => enforced("timeout", "every step has a time limit"),
        unlimited => not_enforced("timeout", &format!("no time limit for {unlimited}")),
    }
}

fn undeclared_files(steps: &[StepFacts], source: &Digest) -> Control {
    match names(steps, |step| !step.strict_inputs).as_str() {
        "" => enforced(
            "undeclared-files",
            "every step saw its declared inputs only",
        ),
        whole => not_enforced(
            "undeclared-files",
            &format!("the whole source {source} was visible to {whole}"),
        ),
    }
}

/// The names of the steps that `which` picks, `a, b`.
fn names(steps: &[StepFacts], which: impl Fn(&StepFacts) -> bool) -> String {
    steps
        .iter()
        .filter(|step| which(step))
        .map(|step| step.name.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

fn enforced(name: &str, detail: &str) -> Control {
    control(name, ControlStatus::Enforced, detail)
}

fn not_enforced(name: &str, detail: &str) -> Control {
    control(name, ControlStatus::NotEnforced, detail)
}

fn control(name: &str, status: ControlStatus, detail: &str) -> Control {
    Control {
        name: name.to_owned(),
        status,
        detail: detail.to_owned(),
    }
}
