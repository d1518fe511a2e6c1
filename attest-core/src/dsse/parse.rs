//! Reading an envelope: one spelling of base64 per alphabet, every field of its type and once, bounds before parsing.
//!
//! Fields that are unknown are ignored, because the protocol says that they must be. Both alphabets of base64 are read,
//! for the same reason; missing padding, loose bits, line breaks and mixed alphabets are refused.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::Deserialize;
use thiserror::Error;

use super::{Envelope, EnvelopeSignature};
use crate::intoto::brief;

/// Largest envelope that is read, and made, in bytes: as for receipts.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Most signatures that are read: each may have to be verified.
pub const MAX_SIGNATURES: usize = 64;

/// Why bytes are no envelope.
///
/// ```
/// use attest_core::dsse::{self, ParseError};
///
/// let unsigned = br#"{"payload": "", "payloadType": "text/plain", "signatures": []}"#;
/// assert_eq!(dsse::parse(unsigned), Err(ParseError::NoSignature));
/// assert!(matches!(dsse::parse(b"[]"), Err(ParseError::Structure(_))));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseError {
    /// Larger than is read.
    #[error("the envelope has {0} bytes, at most {MAX_BYTES} are read")]
    TooLarge(usize),
    /// No JSON, or not of an envelope's structure.
    #[error("not a DSSE envelope: {0}")]
    Structure(String),
    /// A field that is no base64.
    #[error("not a DSSE envelope: {field} is no base64: {reason}")]
    Base64 {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Nobody signed it.
    #[error("the envelope has no signature")]
    NoSignature,
    /// More signatures than are read.
    #[error("the envelope has {0} signatures, at most {MAX_SIGNATURES} are read")]
    TooManySignatures(usize),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spelled {
    payload: String,
    payload_type: String,
    signatures: Vec<SpelledSignature>,
}

#[derive(Deserialize)]
struct SpelledSignature {
    #[serde(default)]
    keyid: String,
    sig: String,
}

/// Reads the JSON of one envelope, at most [`MAX_BYTES`] of it.
///
/// # Errors
/// [`ParseError`]. What is an envelope is not yet anybody's word: see [`Envelope::verify`].
pub fn parse(bytes: &[u8]) -> Result<Envelope, ParseError> {
    if bytes.len() > MAX_BYTES {
        return Err(ParseError::TooLarge(bytes.len()));
    }
    let spelled: Spelled = serde_json::from_slice(bytes)
        .map_err(|error| ParseError::Structure(brief(&error.to_string())))?;
    if spelled.payload_type.is_empty() {
        return Err(ParseError::Structure("payloadType is empty".to_owned()));
    }
    match spelled.signatures.len() {
        0 => return Err(ParseError::NoSignature),
        1..=MAX_SIGNATURES => {}
        more => return Err(ParseError::TooManySignatures(more)),
    }
    let signature = |signature: SpelledSignature| {
        Ok(EnvelopeSignature {
            key_id: signature.keyid,
            bytes: base64("sig", &signature.sig)?,
        })
    };
    Ok(Envelope {
        payload: base64("payload", &spelled.payload)?,
        payload_type: spelled.payload_type,
        signatures: spelled
            .signatures
            .into_iter()
            .map(signature)
            .collect::<Result<_, _>>()?,
    })
}

/// RFC 4648, section 4 or 5, padded.
fn base64(field: &'static str, text: &str) -> Result<Vec<u8>, ParseError> {
    let alphabet = if text.contains(['-', '_']) {
        &URL_SAFE
    } else {
        &STANDARD
    };
    alphabet.decode(text).map_err(|error| ParseError::Base64 {
        field,
        reason: error.to_string(),
    })
}
