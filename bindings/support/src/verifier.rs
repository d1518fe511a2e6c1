//! Verifying receipts without any client.

use std::path::PathBuf;

use attest_sdk::verify::{BuildError, Expect};
use attest_sdk::{Digest, Error, ErrorKind, Report, TrustStore, v1};
use serde::Deserialize;

use crate::hooks::Counted;
use crate::{Receipt, evidence, json};

/// The options of a verifier, in JSON. There is no policy that is not asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Options {
    /// Public keys, each a text or `{public_key, signer}`. An empty list trusts nothing.
    #[serde(deserialize_with = "json::given")]
    trusted_keys: Option<Vec<v1::TrustedKey>>,
    /// A trust store's folder, in the place of keys.
    trust_store: Option<PathBuf>,
    policies: Vec<String>,
    expect: Expected,
    /// The moment to judge by, RFC 3339; the system's clock at each verification where absent.
    now: Option<v1::Timestamp>,
    trust_receipt_timestamp: bool,
}

/// What the receipt must be of. A null here is an error: an expectation whose value is missing must not vanish.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Expected {
    #[serde(deserialize_with = "json::given")]
    invocation_id: Option<String>,
    #[serde(deserialize_with = "json::given")]
    pipeline_hash: Option<String>,
    #[serde(deserialize_with = "json::given")]
    commit: Option<String>,
    /// Path to digest.
    artifacts: std::collections::BTreeMap<String, String>,
}

/// Judges receipts. Built once, used many times, from many threads; it does no I/O.
#[derive(Clone, Debug)]
pub struct Verifier {
    sdk: attest_sdk::Verifier,
    _counted: Counted,
}

impl Verifier {
    /// A verifier of these options, a JSON object.
    ///
    /// # Errors
    /// [`ErrorKind::Config`], naming the option, the key or the policy that cannot be used.
    pub fn new(options: &[u8]) -> Result<Self, Error> {
        let options: Options = json::object(ErrorKind::Config, "the verifier's options", options)?;
        if options.trusted_keys.is_some() && options.trust_store.is_some() {
            return Err(config(
                "give trusted_keys or a trust_store, not both".to_owned(),
            ));
        }
        let mut builder = attest_sdk::Verifier::builder();
        if let Some(keys) = &options.trusted_keys {
            builder = builder.given_keys_alone();
            for key in keys {
                builder = builder.given_key(key).map_err(refused)?;
            }
        }
        if let Some(folder) = &options.trust_store {
            let store =
                TrustStore::read_folder(folder).map_err(|error| config(error.to_string()))?;
            builder = builder.trust_store(store);
        }
        if let Some(now) = options.now {
            builder = builder.now(now.0);
        }
        let builder = builder
            .policies(&options.policies)
            .map_err(refused)?
            .expect(options.expect.read()?)
            .trust_receipt_timestamp(options.trust_receipt_timestamp);
        Ok(Self {
            sdk: builder.build(),
            _counted: Counted::default(),
        })
    }

    /// The verdict on the bytes of a receipt, as JSON. A bad receipt is a verdict.
    ///
    /// `evidence` is a JSON object, what was found out beside the receipt: `recomputed`, the answer of
    /// [`recompute`](crate::recompute()) for this receipt, and `files`, names of files at hand with their digests.
    ///
    /// # Errors
    /// [`ErrorKind::ReceiptFormat`] for bytes nothing can be said about, with the position; [`ErrorKind::Config`] for evidence
    /// that cannot be used, by its member.
    pub fn report(&self, receipt: &[u8], evidence: Option<&[u8]>) -> Result<String, Error> {
        json::write(&self.judge(receipt, evidence)?)
    }

    /// Whether the bytes are a receipt that passes everything asked.
    ///
    /// # Errors
    /// As [`report`](Self::report).
    pub fn verify(&self, receipt: &[u8], evidence: Option<&[u8]>) -> Result<bool, Error> {
        Ok(self.judge(receipt, evidence)?.valid)
    }

    /// As [`report`](Self::report), of a receipt that was read.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for evidence that cannot be used; [`ErrorKind::Internal`] where the report cannot be written.
    pub fn report_of(&self, receipt: &Receipt, evidence: Option<&[u8]>) -> Result<String, Error> {
        json::write(&self.judge_read(receipt, evidence)?)
    }

    /// As [`verify`](Self::verify), of a receipt that was read.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for evidence that cannot be used.
    pub fn verify_of(&self, receipt: &Receipt, evidence: Option<&[u8]>) -> Result<bool, Error> {
        Ok(self.judge_read(receipt, evidence)?.valid)
    }

    fn judge(&self, receipt: &[u8], evidence: Option<&[u8]>) -> Result<Report, Error> {
        let evidence = evidence::read(evidence)?;
        self.sdk
            .verify_bytes_with(receipt, &evidence)
            .map_err(unreadable)
    }

    fn judge_read(&self, receipt: &Receipt, evidence: Option<&[u8]>) -> Result<Report, Error> {
        let evidence = evidence::read(evidence)?;
        Ok(self.sdk.verify_with(receipt.sdk().as_core(), &evidence))
    }

    pub(crate) fn sdk(&self) -> &attest_sdk::Verifier {
        &self.sdk
    }
}

pub(crate) fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::ReceiptFormat, error.to_string()).with_source(error)
}

impl Expected {
    fn read(self) -> Result<Expect, Error> {
        let digest = |what: &str, text: &str| {
            text.parse::<Digest>()
                .map_err(|error| config(format!("expect: {what}: {error}")))
        };
        let pipeline_hash = self.pipeline_hash.as_deref();
        let pipeline_hash = pipeline_hash
            .map(|text| digest("pipeline_hash", text))
            .transpose()?;
        let artifacts = self.artifacts.into_iter().map(|(path, text)| {
            let digest = digest(&format!("artifact {path:?}"), &text)?;
            Ok((path, digest))
        });
        Ok(Expect {
            invocation_id: self.invocation_id,
            pipeline_hash,
            commit: self.commit,
            artifacts: artifacts.collect::<Result<_, Error>>()?,
        })
    }
}

fn refused(error: BuildError) -> Error {
    config(error.to_string()).with_source(error)
}

fn config(message: String) -> Error {
    Error::new(ErrorKind::Config, message)
}
