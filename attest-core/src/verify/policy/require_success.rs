//! `require-success`: every step of the pipeline ran and exited 0.
//!
//! Skipped and unstarted steps are absent from `steps`, so the plan in `provenance.steps` is needed to see them.

use std::collections::BTreeSet;

use super::{Breach, Context, Known, Rule};
use crate::verify::code;

pub(super) const KNOWN: Known = Known {
    pattern: "require-success",
    parse: |parts| parts.bare("require-success", RequireSuccess),
};

struct RequireSuccess;

impl Rule for RequireSuccess {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach> {
        let body = context.receipt.body();
        if let Some(step) = body.steps.iter().find(|s| s.exit_code != 0) {
            let message = format!("step {:?} exited with {}", step.name, step.exit_code);
            return Err(Breach::new(code::STEP_FAILED, message)
                .step(&step.name)
                .values("0", step.exit_code.to_string()));
        }
        if body.steps.is_empty() {
            return Err(Breach::new(code::NO_STEPS, "no step ran"));
        }
        let Some(provenance) = &body.provenance else {
            let message = "the receipt does not say which steps the pipeline has";
            return Err(Breach::new(code::NO_PROVENANCE, message));
        };
        let ran: BTreeSet<&str> = body.steps.iter().map(|s| s.name.as_str()).collect();
        let planned: BTreeSet<&str> = provenance.steps.iter().map(|s| s.name.as_str()).collect();
        if let Some(name) = planned.difference(&ran).next() {
            let message = format!("step {name:?} of the pipeline did not run");
            return Err(Breach::new(code::STEP_NOT_RUN, message).step(name));
        }
        if let Some(name) = ran.difference(&planned).next() {
            let message = format!("step {name:?} ran and is not a step of the pipeline");
            return Err(Breach::new(code::STEP_NOT_PLANNED, message).step(name));
        }
        Ok(())
    }
}
