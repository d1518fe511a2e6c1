//! Verifying receipts without any client.

use std::path::PathBuf;

use attest_bindings_support as support;
use attest_bindings_support::{ArtifactReport, Pending};
use futures::{FutureExt as _, TryFutureExt as _};
use napi::Env;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::cancel::{Cancel, token};
use crate::outcome::{Outcome, Promised, later, now, outcome};
use crate::receipt::Receipt;

/// Judges receipts.
#[napi]
pub struct Verifier {
    support: support::Verifier,
}

#[napi]
impl Verifier {
    /// A verifier of these options, a JSON object.
    #[napi]
    pub fn build(options: String) -> Outcome<Verifier> {
        now(|| {
            let support = support::Verifier::new(options.as_bytes())?;
            Ok(Self { support })
        })
    }

    /// Whether the bytes are a valid receipt. `evidence` is JSON, what was found out beside the receipt.
    #[napi]
    pub fn verify(&self, bytes: &[u8], evidence: Option<String>) -> Outcome<bool> {
        now(|| self.support.verify(bytes, given(&evidence)))
    }

    /// Whether a receipt that was read is valid.
    #[napi]
    pub fn verify_of(&self, receipt: &Receipt, evidence: Option<String>) -> Outcome<bool> {
        now(|| self.support.verify_of(&receipt.support, given(&evidence)))
    }

    /// The report on the bytes, as JSON.
    #[napi]
    pub fn report(&self, bytes: &[u8], evidence: Option<String>) -> Outcome<String> {
        now(|| self.support.report(bytes, given(&evidence)))
    }

    /// The report on a receipt that was read, as JSON.
    #[napi]
    pub fn report_of(&self, receipt: &Receipt, evidence: Option<String>) -> Outcome<String> {
        now(|| self.support.report_of(&receipt.support, given(&evidence)))
    }

    /// The verdicts on many receipts, each the report as JSON or an error.
    #[napi]
    pub fn verify_batch<'env>(
        &self,
        env: &'env Env,
        receipts: Vec<Buffer>,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, Vec<Outcome<String>>> {
        let receipts: Vec<Vec<u8>> = receipts.into_iter().map(Into::into).collect();
        let work = self.support.report_batch_later(receipts, token(cancel));
        let told = work.map_ok(|verdicts| verdicts.into_iter().map(outcome).collect());
        later(env, told.boxed())
    }

    /// The verdict on a receipt and a file: without its report, and the report, both as JSON.
    #[napi]
    pub fn verify_artifact_file<'env>(
        &self,
        env: &'env Env,
        receipt: Buffer,
        path: String,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, Vec<String>> {
        let (receipt, path) = (receipt.into(), PathBuf::from(path));
        let work = self
            .support
            .artifact_file_later(receipt, path, token(cancel));
        later(env, parts(work))
    }

    /// As `verify_artifact_file`, of a file's content.
    #[napi]
    pub fn verify_artifact<'env>(
        &self,
        env: &'env Env,
        receipt: Buffer,
        content: Buffer,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, Vec<String>> {
        let (receipt, content) = (receipt.into(), content.into());
        let work = self.support.artifact_later(receipt, content, token(cancel));
        later(env, parts(work))
    }
}

fn given(evidence: &Option<String>) -> Option<&[u8]> {
    evidence.as_deref().map(str::as_bytes)
}

fn parts(work: Pending<ArtifactReport>) -> Pending<Vec<String>> {
    async move { Ok(work.await?.parts()?.into()) }.boxed()
}
