//! `require-recompute`: the hashes were derived again from files, and agree. Not having tried does not meet it.

use super::{Breach, Context, Known, Rule};
use crate::verify::code;

pub(super) const KNOWN: Known = Known {
    pattern: "require-recompute",
    parse: |parts| parts.bare("require-recompute", RequireRecompute),
};

struct RequireRecompute;

impl Rule for RequireRecompute {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach> {
        if context.recomputed {
            return Ok(());
        }
        let message = "the hashes were not derived again from a workspace with the same result";
        Err(Breach::new(code::NOT_RECOMPUTED, message))
    }
}
