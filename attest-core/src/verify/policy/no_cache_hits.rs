//! `no-cache-hits`: every step in the receipt ran in this very execution. That all of them are there is
//! `require-success`'s to ask.

use super::{Breach, Context, Known, Rule};
use crate::verify::code;

pub(super) const KNOWN: Known = Known {
    pattern: "no-cache-hits",
    parse: |parts| parts.bare("no-cache-hits", NoCacheHits),
};

struct NoCacheHits;

impl Rule for NoCacheHits {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach> {
        let steps = &context.receipt.body().steps;
        if steps.is_empty() {
            return Err(Breach::new(code::NO_STEPS, "no step ran"));
        }
        match steps.iter().find(|step| step.cache_hit) {
            None => Ok(()),
            Some(step) => {
                let message = format!(
                    "the result of step {:?} came from the cache: it ran in an earlier execution",
                    step.name
                );
                Err(Breach::new(code::STEP_CACHED, message).step(&step.name))
            }
        }
    }
}
