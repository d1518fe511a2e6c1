//! `invocation:<id>`: it is the receipt of this run; our server's execution id.

use super::{Breach, Context, Known, Rule};
use crate::verify::code;

pub(super) const KNOWN: Known = Known {
    pattern: "invocation:<id>",
    parse: |parts| {
        parts.with_argument("invocation", |id| {
            Ok(Invocation {
                expected: id.to_owned(),
            })
        })
    },
};

struct Invocation {
    expected: String,
}

impl Rule for Invocation {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach> {
        let provenance = context.receipt.body().provenance.as_ref();
        match provenance.and_then(|p| p.invocation_id.as_deref()) {
            Some(found) if found == self.expected => Ok(()),
            Some(found) => {
                let message = format!(
                    "the receipt is of run {found:?}, expected {:?}",
                    self.expected
                );
                Err(Breach::new(code::INVOCATION_ID_MISMATCH, message)
                    .values(&self.expected, found))
            }
            None => Err(Breach::new(
                code::INVOCATION_ID_MISMATCH,
                "the receipt does not say of which run it is",
            )
            .expected(&self.expected)),
        }
    }
}
