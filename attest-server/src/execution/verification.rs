//! `verify: true`: before a receipt is stored, its signature is checked and every output is hashed again. What this attempt
//! took from the cache was hashed again for that.

use std::collections::BTreeSet;
use std::io;

use attest_core::digest::Digest;
use attest_core::receipt::Receipt;

use crate::blob::BlobStore;
use crate::record::OutputLine;

/// Says what differs. Blocks: it reads every output. `manifests` are those of the steps to hash.
pub(super) fn check<'a>(
    receipt: &Receipt,
    manifests: impl IntoIterator<Item = &'a [OutputLine]>,
    blobs: &BlobStore,
) -> Result<(), String> {
    check_signature(receipt)?;
    // What is served later are the stored bytes: they are what is judged.
    let again = Receipt::parse(receipt.to_json().as_bytes()).map_err(|error| error.to_string())?;
    if again != *receipt {
        return Err("the receipt does not read back as it was made".to_owned());
    }
    let files: BTreeSet<Digest> = manifests
        .into_iter()
        .flatten()
        .filter(|line| !line.symlink)
        .map(|line| line.digest)
        .collect();
    files
        .iter()
        .try_for_each(|digest| match blobs.copy_to(digest, &mut io::sink()) {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("an output is not what the receipt says: {error}")),
        })
}

/// An unsigned receipt has nothing to check.
pub(crate) fn check_signature(receipt: &Receipt) -> Result<(), String> {
    match (receipt.signature(), receipt.signer_public_key()) {
        (None, None) => Ok(()),
        (Some(signature), Some(key))
            if key.verify_strict(&receipt.body().canonical_bytes(), signature) =>
        {
            Ok(())
        }
        _ => Err("the signature of the receipt does not verify".to_owned()),
    }
}
