//! `step:<name>`: this step is in the receipt and exited 0. Its name is all that is known about it: pin the commands
//! with `pipeline:<hash>`.

use super::{Breach, Context, Known, Rule};
use crate::verify::code;

pub(super) const KNOWN: Known = Known {
    pattern: "step:<name>",
    parse: |parts| {
        parts.with_argument("step", |name| {
            Ok(Step {
                name: name.to_owned(),
            })
        })
    },
};

struct Step {
    name: String,
}

impl Rule for Step {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach> {
        let steps = &context.receipt.body().steps;
        // All of that name: a receipt with two is refused elsewhere, and meets nothing here by luck.
        let mut named = steps.iter().filter(|s| s.name == self.name).peekable();
        if named.peek().is_none() {
            let message = format!("there is no step {:?}", self.name);
            return Err(Breach::new(code::STEP_MISSING, message).step(&self.name));
        }
        match named.find(|s| s.exit_code != 0) {
            None => Ok(()),
            Some(failed) => {
                let message = format!("step {:?} exited with {}", self.name, failed.exit_code);
                let breach = Breach::new(code::STEP_FAILED, message).step(&self.name);
                Err(breach.values("0", failed.exit_code.to_string()))
            }
        }
    }
}
