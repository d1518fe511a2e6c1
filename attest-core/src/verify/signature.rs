//! The check `signature`: the receipt is what the key in it signed. Whose key it is, is another check.
//!
//! The key is found before the signature is looked at, because a report names it in any case.

use super::{Fault, code};
use crate::key::PublicKey;
use crate::receipt::{Receipt, Spelled};
use crate::trust::TrustStore;

/// The key that the receipt names; `None` where it names none. The store's own copy spares the work of decoding it.
pub(super) fn signer(
    receipt: &Receipt,
    store: Option<&TrustStore>,
) -> Option<Result<PublicKey, Fault>> {
    let malformed = || {
        let detail = "signer_public_key is not 64 lower-case hex digits of a usable Ed25519 key in the document's rendering";
        Fault::new(code::SIGNER_MALFORMED, detail)
    };
    let key = match receipt.seal().signer_public_key.as_ref()? {
        Spelled::Malformed(_) => return Some(Err(malformed())),
        Spelled::Valid(key) => key,
    };
    Some(match store.and_then(|store| store.named(key)) {
        Some(entry) => Ok(entry.public_key),
        None => key.decode().map_err(|_| malformed()),
    })
}

/// Whether `signer` made the signature over the receipt's `canonical` bytes.
pub(super) fn check(
    receipt: &Receipt,
    signer: Option<&Result<PublicKey, Fault>>,
    canonical: &[u8],
) -> Result<PublicKey, Fault> {
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
    let key = match signer {
        None => {
            return Err(Fault::new(
                code::SIGNER_MISSING,
                "the receipt is signed and does not say by which key",
            ));
        }
        Some(Err(fault)) => return Err(fault.clone()),
        Some(Ok(key)) => key,
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
