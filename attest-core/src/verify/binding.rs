//! The check `binding`: the receipt is of the run, pipeline and commit that were expected.

use super::{Expect, Fault, code};
use crate::digest::Digest;
use crate::receipt::{Receipt, Spelled};

pub(super) fn check(receipt: &Receipt, expect: &Expect) -> Result<(), Fault> {
    let body = receipt.body();
    let provenance = body.provenance.as_ref();
    if let Some(expected) = &expect.pipeline_hash {
        same_pipeline(&body.pipeline_hash, expected)?;
    }
    if let Some(expected) = &expect.invocation_id {
        let found = provenance.and_then(|p| p.invocation_id.as_deref());
        same(code::INVOCATION_ID_MISMATCH, "of run", expected, found)?;
    }
    if let Some(expected) = &expect.commit {
        let found = provenance
            .and_then(|p| p.source.as_ref())
            .map(|s| s.commit.as_str());
        same(code::COMMIT_MISMATCH, "of commit", expected, found)?;
    }
    Ok(())
}

fn same_pipeline(found: &Spelled<Digest>, expected: &Digest) -> Result<(), Fault> {
    match found {
        Spelled::Valid(found) if found == expected => Ok(()),
        Spelled::Valid(found) => {
            let detail = format!("the receipt is of pipeline {found}, expected {expected}");
            Err(Fault::new(code::PIPELINE_HASH_MISMATCH, detail))
        }
        Spelled::Malformed(_) => {
            let detail = format!("the receipt names no pipeline, expected {expected}");
            Err(Fault::new(code::PIPELINE_HASH_MISMATCH, detail))
        }
    }
}

fn same(code: &'static str, what: &str, expected: &str, found: Option<&str>) -> Result<(), Fault> {
    match found {
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(Fault::new(
            code,
            format!("the receipt is {what} {found:?}, expected {expected:?}"),
        )),
        None => Err(Fault::new(
            code,
            format!("the receipt does not say {what} it is, expected {expected:?}"),
        )),
    }
}
