//! `require-clean-source`: the tracked files were those of the commit, by the word of whoever started the run.

use super::{Breach, Context, Known, Rule};
use crate::verify::code;

pub(super) const KNOWN: Known = Known {
    pattern: "require-clean-source",
    parse: |parts| parts.bare("require-clean-source", RequireCleanSource),
};

struct RequireCleanSource;

impl Rule for RequireCleanSource {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach> {
        match context.source() {
            Some(source) if !source.tracked_dirty => Ok(()),
            Some(source) => {
                let message = format!("tracked files differed from commit {:?}", source.commit);
                Err(Breach::new(code::SOURCE_DIRTY, message).values("clean", "dirty"))
            }
            None => {
                let message = "the receipt does not say of which source it is";
                Err(Breach::new(code::SOURCE_MISSING, message).expected("clean"))
            }
        }
    }
}
