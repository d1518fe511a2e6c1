//! Making a receipt: a body is checked as a verifier would check it, then signed.
//!
//! There is no way here to sign bytes of a caller's choice: only a whole, consistent body is signed.

use thiserror::Error;

use super::model::{Body, Spelled};
use super::{LATEST_SCHEMA, Receipt, Seal};
use crate::key::SigningKey;
use crate::verify::consistency;

/// Largest receipt that readers take, in bytes; see [`crate::yaml::Limits`].
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Why a body cannot become a receipt.
///
/// ```
/// use attest_core::receipt::{BuildError, Receipt};
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let body = Receipt::parse(bytes)?.body().clone();
/// let mut twice = body.clone();
/// twice.steps.extend(body.steps);
/// let error = twice.into_unsigned().unwrap_err();
/// assert!(matches!(error, BuildError::Inconsistent(_)), "{error}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BuildError {
    /// A verifier would refuse it.
    #[error("the receipt would be refused by every verifier: {0}")]
    Inconsistent(String),
    /// A version of the format that this program does not write.
    #[error("schema version {0:?} cannot be written; use {LATEST_SCHEMA}")]
    Schema(Option<u32>),
    /// Larger than readers take.
    #[error(
        "receipt_too_large: the receipt would have {bytes} bytes, readers stop at {MAX_BYTES}; declare fewer outputs in step {step:?}"
    )]
    TooLarge {
        /// Size it would have.
        bytes: usize,
        /// The step that takes the most room.
        step: String,
    },
}

impl Body {
    /// Signs the body.
    ///
    /// # Errors
    /// [`BuildError`] where a verifier would refuse the result for what it says, or for its size.
    pub fn sign(self, key: &SigningKey) -> Result<Receipt, BuildError> {
        self.seal(|body| Seal {
            signature: Some(Spelled::Valid(key.sign_receipt(&body.canonical_bytes()))),
            signer_public_key: Some(Spelled::Valid(key.public_key().into())),
            timestamp_token: None,
        })
    }

    /// Makes a receipt without a signature. It is never valid, and says what happened all the same.
    ///
    /// # Errors
    /// As [`Body::sign`].
    pub fn into_unsigned(self) -> Result<Receipt, BuildError> {
        self.seal(|_| Seal::default())
    }

    fn seal(mut self, seal: impl FnOnce(&Self) -> Seal) -> Result<Receipt, BuildError> {
        if self.schema_version != Some(LATEST_SCHEMA) {
            return Err(BuildError::Schema(self.schema_version));
        }
        self.sort();
        consistency::check(&self).map_err(|fault| BuildError::Inconsistent(fault.detail))?;
        let seal = seal(&self);
        let receipt = Receipt::made(self, seal);
        // YAML is the longer of the two where text needs escapes and indentation.
        let bytes = receipt.raw().len().max(receipt.to_yaml().len());
        if bytes > MAX_BYTES {
            return Err(BuildError::TooLarge {
                bytes,
                step: receipt.body().largest_step(),
            });
        }
        Ok(receipt)
    }

    fn largest_step(&self) -> String {
        let artifacts = |name: &str| match &self.provenance {
            Some(p) => p
                .artifacts
                .iter()
                .filter(|a| a.step == name)
                .map(|a| a.path.len() + 160)
                .sum(),
            None => 0usize,
        };
        let size = |s: &&super::Step| s.stdout.len() + s.stderr.len() + artifacts(&s.name);
        self.steps
            .iter()
            .max_by_key(size)
            .map(|s| s.name.clone())
            .unwrap_or_default()
    }
}
