//! The check `signature`: the receipt is what the key in it signed. Whose key it is, is another check.

use super::{Fault, code};
use crate::key::PublicKey;
use crate::receipt::{Receipt, Spelled};

/// The key that made the signature over the receipt's `canonical` bytes.
pub(super) fn check(receipt: &Receipt, canonical: &[u8]) -> Result<PublicKey, Fault> {
    let seal = receipt.seal();
    let signature = match &seal.signature {
        None => return Err(Fault::new(code::UNSIGNED, "the receipt is not signed")),
        Some(Spelled::Malformed(_)) => {
            let detail =
                "the signature is not 128 lower-case hex digits in the document's rendering";
            return Err(Fault::new(code::SIGNATURE_MALFORMED, detail));
        }
        Some(Spelled::Valid(signature)) => signature,
    };
    let key = match &seal.signer_public_key {
        None => {
            return Err(Fault::new(
                code::SIGNER_MISSING,
                "the receipt is signed and does not say by which key",
            ));
        }
        Some(Spelled::Malformed(_)) => {
            let detail = "signer_public_key is not 64 lower-case hex digits of a usable Ed25519 key in the document's rendering";
            return Err(Fault::new(code::SIGNER_MALFORMED, detail));
        }
        Some(Spelled::Valid(key)) => key,
    };
    if !key.verify_strict(canonical, signature) {
        let detail = format!(
            "the signature is not key {}'s over this receipt; it was changed after signing",
            key.id()
        );
        return Err(Fault::new(code::SIGNATURE_INVALID, detail));
    }
    Ok(*key)
}
