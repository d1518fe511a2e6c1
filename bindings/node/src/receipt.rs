//! A receipt.

use std::path::PathBuf;

use attest_bindings_support as support;
use napi::Env;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::cancel::{Cancel, token};
use crate::key::SigningKey;
use crate::manifest::elsewhere;
use crate::outcome::{Outcome, Promised, later, now};

/// A receipt, with a verifier where it came through a client.
#[napi]
pub struct Receipt {
    pub(crate) support: support::Receipt,
}

#[napi]
impl Receipt {
    pub(crate) fn of(support: support::Receipt) -> Self {
        Self { support }
    }

    /// Reads JSON or YAML.
    #[napi]
    pub fn parse(bytes: &[u8]) -> Outcome<Receipt> {
        now(|| support::Receipt::parse(bytes).map(Self::of))
    }

    /// Whether it is valid, by the verifier it came with.
    #[napi]
    pub fn verify(&self) -> Outcome<bool> {
        now(|| self.support.verify())
    }

    /// The report, as JSON, by the verifier it came with.
    #[napi]
    pub fn report(&self) -> Outcome<String> {
        now(|| self.support.report())
    }

    /// Compact JSON.
    #[napi]
    pub fn to_json(&self) -> Outcome<String> {
        now(|| Ok(self.support.to_json()))
    }

    /// YAML.
    #[napi]
    pub fn to_yaml(&self) -> Outcome<String> {
        now(|| Ok(self.support.to_yaml()))
    }

    /// `blake3:…` of its canonical bytes.
    #[napi]
    pub fn hash(&self) -> Outcome<String> {
        now(|| Ok(self.support.hash()))
    }

    /// The id of the key that is said to have signed it.
    #[napi]
    pub fn key_id(&self) -> Outcome<Option<String>> {
        now(|| Ok(self.support.key_id()))
    }

    /// The server's own opinion, as JSON, of a receipt that was fetched.
    #[napi]
    pub fn server_verification(&self) -> Outcome<Option<String>> {
        now(|| self.support.server_verification())
    }

    /// The receipt as a DSSE envelope or a sigstore bundle. Files are read on another thread.
    #[napi]
    pub fn to_dsse<'env>(
        &self,
        env: &'env Env,
        workspace: String,
        key: &SigningKey,
        options: String,
    ) -> Promised<'env, String> {
        let (receipt, key) = (self.support.clone(), key.support.clone());
        let work = move || receipt.to_dsse(&PathBuf::from(workspace), &key, options.as_bytes());
        later(env, elsewhere(work))
    }

    /// What it says, signed by `key`.
    #[napi]
    pub fn sign(&self, key: &SigningKey) -> Outcome<Receipt> {
        now(|| self.support.sign(&key.support).map(Self::of))
    }

    /// The bytes it was read from.
    #[napi]
    pub fn raw(&self) -> Outcome<Buffer> {
        now(|| Ok(self.support.raw().to_vec().into()))
    }

    /// Derives its hashes again from files: `{status, detail}`.
    #[napi]
    pub fn recompute<'env>(
        &self,
        env: &'env Env,
        workspace: String,
        pipeline: Option<Buffer>,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, String> {
        let (workspace, pipeline) = (PathBuf::from(workspace), pipeline.map(Into::into));
        let work = support::recompute_later(&self.support, workspace, pipeline, token(cancel));
        later(env, work)
    }
}
