//! Asking a server to verify a receipt. Its answer is a verification report.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Timestamp;

/// A trusted public key, alone or with the identity it stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TrustedKey {
    /// `ed25519:<hex>`, bare hex, or PEM.
    Key(String),
    /// A key with its identity.
    Named {
        /// `ed25519:<hex>`, bare hex, or PEM.
        public_key: String,
        /// Such as `ci-system@company.com`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signer: Option<String>,
    },
}

/// Body of `POST /v1/receipts/verify`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VerifyRequest {
    /// The receipt's JSON, untouched: a verdict is about bytes.
    pub receipt: Box<RawValue>,
    /// The keys to trust; the server's own register where absent, nothing where empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted_keys: Option<Vec<TrustedKey>>,
    /// Policies that have to be met as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// The moment to judge by; the server's clock where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Timestamp>,
}
