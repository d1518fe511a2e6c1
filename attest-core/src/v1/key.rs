//! The server's published signing keys.

use serde::{Deserialize, Serialize};

use super::Timestamp;
use super::open_enum::open_enum;

open_enum! {
    /// What a published key may still do.
    KeyStatus {
        /// It signs.
        Active = "active",
        /// It verifies, and never signs again.
        Retired = "retired",
        /// Nothing it signed is trusted.
        Revoked = "revoked",
    }
}

/// One published key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedKey {
    /// Key id: 32 hex digits, the first 16 bytes of the BLAKE3 of the raw key.
    pub id: String,
    /// `ed25519:<64 hex>`.
    pub public_key: String,
    /// Whose key it is, by the server's configuration.
    #[serde(default)]
    pub signer: Option<String>,
    /// What it may still do.
    pub status: KeyStatus,
    /// The first moment it could sign.
    #[serde(default)]
    pub valid_from: Option<Timestamp>,
    /// When it was revoked.
    #[serde(default)]
    pub revoked_at: Option<Timestamp>,
}

/// Answer of `GET /v1/keys`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyList {
    /// The keys, newest first.
    #[serde(default)]
    pub keys: Vec<PublishedKey>,
}
