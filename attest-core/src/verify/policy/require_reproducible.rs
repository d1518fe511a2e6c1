//! `require-reproducible`: the pipeline ran at least twice with the same outputs, as the signer says.

use super::{Breach, Context, Known, Rule};
use crate::verify::code;

pub(super) const KNOWN: Known = Known {
    pattern: "require-reproducible",
    parse: |parts| parts.bare("require-reproducible", RequireReproducible),
};

/// One run has nothing to be compared with.
const FEWEST_RUNS: u32 = 2;

struct RequireReproducible;

impl Rule for RequireReproducible {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach> {
        let Some(known) = &context.receipt.body().reproducibility else {
            let message = "the receipt does not say whether the run was repeated";
            return Err(Breach::new(code::NOT_REPRODUCIBLE, message).expected("verified"));
        };
        if !known.verified {
            let message = format!("{} runs did not give the same outputs", known.runs);
            return Err(
                Breach::new(code::NOT_REPRODUCIBLE, message).values("verified", "not verified")
            );
        }
        if known.runs < FEWEST_RUNS {
            let message = format!(
                "the outputs of {} runs were compared, at least {FEWEST_RUNS} are needed",
                known.runs
            );
            return Err(Breach::new(code::NOT_REPRODUCIBLE, message).values(
                format!("at least {FEWEST_RUNS} runs"),
                format!("{} runs", known.runs),
            ));
        }
        Ok(())
    }
}
