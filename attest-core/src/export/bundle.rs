//! The sigstore bundle, version 0.3 (`sigstore/protobuf-specs`, `sigstore_bundle.proto`), around an envelope.
//!
//! Without a transparency log's entry: nothing was sent anywhere. Its verifiers must be told that they need none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::dsse::Envelope;
use crate::key::PublicKey;

/// `mediaType`.
pub const BUNDLE_MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// Compact JSON, without a line break.
pub(super) fn json(envelope: &Envelope, signer: &PublicKey) -> String {
    json!({
        "mediaType": BUNDLE_MEDIA_TYPE,
        "verificationMaterial": {"publicKey": {"hint": hint(signer)}, "tlogEntries": []},
        "dsseEnvelope": envelope,
    })
    .to_string()
}

/// Which key is meant: base64 of the SHA-256 of its SubjectPublicKeyInfo, the log id of RFC 6962 (section 3.2) that the
/// bundle's specification recommends and cosign writes. A hint, and nothing else.
fn hint(key: &PublicKey) -> String {
    STANDARD.encode(Sha256::digest(key.to_spki_der()))
}
