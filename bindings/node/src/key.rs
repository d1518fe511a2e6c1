//! A private key.

use attest_bindings_support as support;
use napi_derive::napi;

use crate::outcome::{Outcome, now};

/// A private key.
#[napi]
pub struct SigningKey {
    pub(crate) support: support::SigningKey,
}

#[napi]
impl SigningKey {
    /// A new key.
    #[napi]
    pub fn generate() -> Outcome<SigningKey> {
        now(|| support::SigningKey::generate().map(|support| Self { support }))
    }

    /// Reads PKCS#8 PEM.
    #[napi]
    pub fn from_pem(pem: String) -> Outcome<SigningKey> {
        let pem = zeroize::Zeroizing::new(pem);
        now(|| support::SigningKey::from_pem(&pem).map(|support| Self { support }))
    }

    /// PKCS#8 PEM.
    #[napi]
    pub fn to_pem(&self) -> Outcome<String> {
        now(|| Ok(self.support.to_pem().to_string()))
    }

    /// `ed25519:<hex>`.
    #[napi]
    pub fn public_key(&self) -> Outcome<String> {
        now(|| Ok(self.support.public_key()))
    }

    /// 32 hex digits.
    #[napi]
    pub fn key_id(&self) -> Outcome<String> {
        now(|| Ok(self.support.key_id()))
    }
}
