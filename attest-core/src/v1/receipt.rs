//! A receipt as the API hands it out, beside the server's own opinion of it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::open_enum::open_enum;

open_enum! {
    /// What the server thinks of the signing key.
    ///
    /// ```
    /// use attest_core::v1::ChainOfTrust;
    ///
    /// assert_eq!(ChainOfTrust::from("unsigned"), ChainOfTrust::Unsigned);
    /// assert_eq!(ChainOfTrust::Revoked.to_string(), "revoked");
    /// ```
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
///
/// ```
/// use attest_core::v1::{ChainOfTrust, ServerVerification};
///
/// let text = r#"{"signature_valid": true, "timestamp_valid": true, "chain_of_trust": "verified"}"#;
/// let opinion: ServerVerification = serde_json::from_str(text)?;
/// // To show beside one's own verdict, never in its place.
/// assert_eq!(opinion.chain_of_trust, ChainOfTrust::Verified);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use attest_core::v1::ReceiptResponse;
/// use attest_core::verify::Verifier;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// # let text = format!(r#"{{"receipt": {}, "verification": {{"chain_of_trust": "verified"}}}}"#, std::str::from_utf8(bytes)?);
/// let response: ReceiptResponse = serde_json::from_str(&text)?;
/// let verifier = Verifier::builder().trusted_keys([key])?.build();
/// assert!(verifier.verify_bytes(response.receipt.get().as_bytes())?.valid);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReceiptResponse {
    /// The receipt's JSON, byte for byte as the server keeps it.
    pub receipt: Box<RawValue>,
    /// The server's own opinion.
    pub verification: ServerVerification,
}
