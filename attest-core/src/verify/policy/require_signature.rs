//! `require-signature`: the receipt is signed and the signature verifies. (An unsigned receipt is never valid anyway.)

use super::{Breach, Context, Known, Rule};
use crate::verify::code;

pub(super) const KNOWN: Known = Known {
    pattern: "require-signature",
    parse: |parts| parts.bare("require-signature", RequireSignature),
};

struct RequireSignature;

impl Rule for RequireSignature {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach> {
        match (context.signed.is_some(), &context.receipt.seal().signature) {
            (true, _) => Ok(()),
            (false, None) => Err(Breach::new(code::UNSIGNED, "the receipt is not signed")),
            (false, Some(_)) => Err(Breach::new(
                code::SIGNATURE_INVALID,
                "the signature does not verify",
            )),
        }
    }
}
