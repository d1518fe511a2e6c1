//! The server's published signing keys.

use serde::{Deserialize, Serialize};

use super::Timestamp;
use super::open_enum::open_enum;

open_enum! {
    /// What a published key may still do.
    ///
    /// ```
    /// use attest_core::v1::KeyStatus;
    ///
    /// let may_be_trusted = |status: &KeyStatus| matches!(status, KeyStatus::Active | KeyStatus::Retired);
    /// assert!(may_be_trusted(&"retired".into()));
    /// assert!(!may_be_trusted(&"suspended".into()), "a word that nobody knows yet");
    /// ```
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
///
/// ```
/// use attest_core::key::PublicKey;
/// use attest_core::v1::PublishedKey;
///
/// # let text = r#"{"id": "6c31041268f471609c79f5f2dbcc38e4", "status": "active",
/// #   "public_key": "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"}"#;
/// let published: PublishedKey = serde_json::from_str(text)?;
/// let key = PublicKey::parse(&published.public_key)?;
/// assert_eq!(key.id().to_string(), published.id, "an id is only a hint");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use attest_core::v1::{KeyList, KeyStatus};
///
/// # let text = r#"{"keys": [
/// #   {"id": "6c31041268f471609c79f5f2dbcc38e4", "public_key": "ed25519:d75a…", "status": "active"},
/// #   {"id": "5afaa1d95b67eb5bdbcb8eb7a1c13933", "public_key": "ed25519:1b29…", "status": "revoked"}]}"#;
/// let list: KeyList = serde_json::from_str(text)?;
/// let signs_now = list.keys.iter().find(|key| key.status == KeyStatus::Active);
/// assert_eq!(signs_now.map(|key| key.id.as_str()), Some("6c31041268f471609c79f5f2dbcc38e4"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyList {
    /// The keys, newest first.
    #[serde(default)]
    pub keys: Vec<PublishedKey>,
}
