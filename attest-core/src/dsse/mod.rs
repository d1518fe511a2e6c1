//! Signed envelopes: DSSE (Dead Simple Signing Envelope, `secure-systems-lab/dsse`), protocol and envelope version 1.0.2.
//!
//! [`parse`] reads an envelope strictly, [`Envelope::verify`] gives the in-toto statement in it to whoever holds the
//! signer's key. The payload is not handed out unverified. Writing one is [`crate::export`]'s: nothing here, and nothing
//! there, signs bytes that a caller chooses.
//!
//! ```
//! use attest_core::dsse;
//!
//! # let text = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/hello.intoto.jsonl"));
//! # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a".parse()?;
//! let statement = dsse::parse(text)?.verify(&key)?;
//! for subject in &statement.subject {
//!     println!("{:?} {:?}", subject.name, subject.digest);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod parse;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
use thiserror::Error;

pub use parse::{MAX_BYTES, MAX_SIGNATURES, ParseError, parse};

use crate::intoto::{Statement, StatementError, brief};
use crate::key::{PublicKey, Signature, SigningKey};

/// `payloadType` of an in-toto statement in JSON (in-toto attestation spec, `spec/v1/envelope.md`).
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// An envelope as read or as made.
///
/// ```
/// use attest_core::dsse;
///
/// # let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/hello.intoto.jsonl"));
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// let envelope = dsse::parse(text.as_bytes())?;
/// assert_eq!(envelope.payload_type(), dsse::PAYLOAD_TYPE);
/// let statement = envelope.verify(&key.parse()?)?; // the only way to what it says
/// assert_eq!(statement.predicate_type, "https://slsa.dev/provenance/v1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    #[serde(serialize_with = "as_base64")]
    payload: Vec<u8>,
    payload_type: String,
    signatures: Vec<EnvelopeSignature>,
}

/// A signature of an envelope, with what its maker says of the key.
///
/// ```
/// use attest_core::dsse;
///
/// # let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/hello.intoto.jsonl"));
/// let envelope = dsse::parse(text.as_bytes())?;
/// let [signature] = envelope.signatures() else { return Err("not one signature".into()) };
/// assert!(signature.key_id.starts_with("SHA256:"), "{}", signature.key_id);
/// assert_eq!(signature.bytes.len(), 64);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnvelopeSignature {
    /// Which key is meant; anything, and not authenticated. What is made here has the key's OpenSSH fingerprint: the DSSE
    /// library of Go, which in-toto and cosign build on, passes over a signature that names another than that.
    #[serde(rename = "keyid", skip_serializing_if = "String::is_empty")]
    pub key_id: String,
    /// The signature. Of another algorithm than Ed25519 it may have any length.
    #[serde(rename = "sig", serialize_with = "as_base64")]
    pub bytes: Vec<u8>,
}

/// Why an envelope is not believed.
///
/// ```
/// use attest_core::dsse::{self, VerifyError};
/// use attest_core::key::SigningKey;
///
/// # let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/hello.intoto.jsonl"));
/// let other = SigningKey::from_seed(&zeroize::Zeroizing::new([7; 32])).public_key();
/// let error = dsse::parse(text.as_bytes())?.verify(&other).unwrap_err();
/// assert_eq!(error, VerifyError::Signature(other.id().to_string()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// No signature is the key's.
    #[error(
        "no signature of the envelope is key {0}'s: it was changed after signing, or somebody else signed it"
    )]
    Signature(String),
    /// What is signed is no in-toto statement.
    #[error("the envelope holds {0:?}; only {PAYLOAD_TYPE:?} can be read")]
    PayloadType(String),
    /// It says that it is a statement, and is none.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

impl Envelope {
    /// The statement, where `key` signed it. Which key it names itself does not count.
    ///
    /// # Errors
    /// [`VerifyError`]. The signature is looked at first: nothing of the payload is read before.
    pub fn verify(&self, key: &PublicKey) -> Result<Statement, VerifyError> {
        let signed = pae(&self.payload_type, &self.payload);
        let by_key = |signature: &EnvelopeSignature| {
            <[u8; 64]>::try_from(signature.bytes.as_slice())
                .is_ok_and(|bytes| key.verify_strict(&signed, &Signature::from_bytes(bytes)))
        };
        if !self.signatures.iter().any(by_key) {
            return Err(VerifyError::Signature(key.id().to_string()));
        }
        if self.payload_type != PAYLOAD_TYPE {
            return Err(VerifyError::PayloadType(brief(&self.payload_type)));
        }
        Ok(Statement::parse(&self.payload)?)
    }

    /// What the payload is said to be. It is signed too.
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// The signatures, none of them verified.
    pub fn signatures(&self) -> &[EnvelopeSignature] {
        &self.signatures
    }

    /// One line of JSON, without a line break.
    pub fn to_json(&self) -> String {
        // Writing texts into memory cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Signs a statement that this crate made.
    pub(crate) fn sign(statement: &Statement, key: &SigningKey) -> Self {
        // Writing a tree of texts into memory cannot fail.
        let payload = serde_json::to_vec(statement).unwrap_or_default();
        let signature = key.sign_envelope(&pae(PAYLOAD_TYPE, &payload));
        Self {
            payload,
            payload_type: PAYLOAD_TYPE.to_owned(),
            signatures: vec![EnvelopeSignature {
                key_id: key.public_key().ssh_fingerprint(),
                bytes: signature.as_bytes().to_vec(),
            }],
        }
    }
}

/// Pre-authentication encoding (DSSE protocol, "Signature Definition"): the bytes that are signed, in which no type and
/// body can be taken for another type and body.
fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    );
    [head.as_bytes(), payload].concat()
}

fn as_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests;
