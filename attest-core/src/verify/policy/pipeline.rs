//! `pipeline:<hash>`: exactly this pipeline ran: its commands, environment, variables and expanded globs.

use super::{Breach, Context, Known, Rule};
use crate::digest::Digest;
use crate::receipt::Spelled;
use crate::verify::code;

pub(super) const KNOWN: Known = Known {
    pattern: "pipeline:<hash>",
    parse: |parts| {
        parts.with_argument("pipeline", |hash| {
            let digest = Digest::parse_prefixed(hash).or_else(|_| Digest::from_hex(hash));
            digest
                .map(|expected| Pipeline { expected })
                .map_err(|e| format!("{hash:?} is no hash: {e}"))
        })
    },
};

struct Pipeline {
    expected: Digest,
}

impl Rule for Pipeline {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach> {
        let found = match &context.receipt.body().pipeline_hash {
            Spelled::Valid(found) if *found == self.expected => return Ok(()),
            Spelled::Valid(found) => found.to_string(),
            Spelled::Malformed(text) => text.clone(),
        };
        let message = format!("another pipeline ran: {found}, expected {}", self.expected);
        Err(Breach::new(code::PIPELINE_HASH_MISMATCH, message)
            .values(self.expected.to_string(), found))
    }
}
