//! A receipt as the API hands it out, beside the server's own opinion of it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::open_enum::open_enum;

open_enum! {
    /// What the server thinks of the signing key.
    ChainOfTrust {
        /// Signed by a key of its register.
        Verified = "verified",
        /// Signed by another key.
        Untrusted = "untrusted",
        /// Signed by a key that was revoked.
        Revoked = "revoked",
        /// Not signed.
        Unsigned = "unsigned",
    }
}

/// The server's own opinion. Nothing in this project answers "is it valid?" from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerVerification {
    /// Whether the signature verifies under the key in the receipt.
    #[serde(default)]
    pub signature_valid: bool,
    /// Whether the receipt's time is plausible.
    #[serde(default)]
    pub timestamp_valid: bool,
    /// What the server thinks of the key.
    pub chain_of_trust: ChainOfTrust,
}

/// Answer of `GET /v1/executions/{id}/receipt`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReceiptResponse {
    /// The receipt's JSON, byte for byte as the server keeps it.
    pub receipt: Box<RawValue>,
    /// The server's own opinion.
    pub verification: ServerVerification,
}
