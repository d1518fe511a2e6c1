//! Steps of one kind that have to have run here and exited 0: what `require-tests` and `security-scan` share.
//!
//! Which steps are of the kind is told by their names: those that the policy lists, each of which has to be there, or else
//! all that begin with one of the kind's words, of which there has to be one. *Every* step of the kind counts, not some:
//! next to a failing `test-integration`, a `test` that passes proves nothing. So do steps that the plan has and that never
//! ran. That a step is called `test` is the producer's claim: pin the commands with `pipeline:<hash>`.

use std::collections::BTreeSet;

use super::{Breach, Context, Parsed, Parts, Rule};
use crate::receipt::Step;
use crate::verify::code;

/// The last item of the argument, where a result from the cache is good enough.
const ALLOW_CACHED: &str = "allow-cached";

/// Reads `<policy>[:<step>,…,allow-cached]`: names first, each optional. `words` are what names of the kind begin with.
pub(super) fn parse(
    parts: &Parts<'_>,
    policy: &str,
    words: &'static [&'static str],
) -> Option<Parsed> {
    parts.with_optional_argument(policy, |argument| {
        let mut names: Vec<&str> = argument.map_or_else(Vec::new, |list| list.split(',').collect());
        let allow_cached = names.last() == Some(&ALLOW_CACHED);
        if allow_cached {
            names.pop();
        }
        for name in &names {
            let reason = if *name == ALLOW_CACHED {
                "`allow-cached` comes last".to_owned()
            } else if name.is_empty() {
                "a step's name is empty".to_owned()
            } else if name.trim() != *name || name.contains(':') {
                format!("{name:?} is no step's name: separate names by `,` alone")
            } else {
                continue;
            };
            return Err(reason);
        }
        Ok(Passed {
            words,
            names: names.into_iter().map(str::to_owned).collect(),
            allow_cached,
        })
    })
}

struct Passed {
    words: &'static [&'static str],
    /// Empty for all steps that begin with one of the words.
    names: BTreeSet<String>,
    allow_cached: bool,
}

impl Passed {
    fn counts(&self, name: &str) -> bool {
        if self.names.is_empty() {
            self.words.iter().any(|word| name.starts_with(word))
        } else {
            self.names.contains(name)
        }
    }

    fn passed(&self, step: &Step) -> Result<(), Breach> {
        if step.exit_code != 0 {
            let message = format!("step {:?} exited with {}", step.name, step.exit_code);
            let breach = Breach::new(code::STEP_FAILED, message).step(&step.name);
            return Err(breach.values("0", step.exit_code.to_string()));
        }
        if step.cache_hit && !self.allow_cached {
            let message = format!(
                "the result of step {:?} came from the cache: it ran in an earlier execution",
                step.name
            );
            return Err(Breach::new(code::STEP_CACHED, message).step(&step.name));
        }
        Ok(())
    }
}

impl Rule for Passed {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach> {
        let body = context.receipt.body();
        let ran: Vec<&Step> = body.steps.iter().filter(|s| self.counts(&s.name)).collect();
        let has_run = |name: &str| ran.iter().any(|step| step.name == name);
        let planned = body.provenance.iter().flat_map(|known| &known.steps);
        let mut planned = planned
            .map(|step| &step.name)
            .filter(|name| self.counts(name));
        if let Some(name) = planned.find(|name| !has_run(name)) {
            let message = format!("step {name:?} of the pipeline did not run");
            return Err(Breach::new(code::STEP_NOT_RUN, message).step(name));
        }
        if let Some(name) = self.names.iter().find(|name| !has_run(name)) {
            let message = format!("there is no step {name:?}");
            return Err(Breach::new(code::STEP_MISSING, message).step(name));
        }
        if ran.is_empty() {
            let words = self.words.join("`, `");
            let message = format!("there is no step whose name begins with `{words}`");
            return Err(Breach::new(code::STEP_MISSING, message));
        }
        ran.into_iter().try_for_each(|step| self.passed(step))
    }
}
