//! Which keys a verifier believes, and why.
//!
//! A [`TrustStore`] is built in memory or read from a folder (feature `fs`). It is whole or not at all: one entry that
//! cannot be used makes the store unusable, because half a trust store is a wrong one. It decides nothing about
//! receipts; [`crate::verify`] does.

mod document;
mod error;
#[cfg(feature = "fs")]
mod folder;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

pub use document::{Entry, parse_document, write_document};
pub use error::TrustError;

use crate::key::{EncodedKey, KeyId, PublicKey};

/// Whether a key is believed.
///
/// ```
/// use attest_core::key::PublicKey;
/// use attest_core::trust::{Standing, TrustedKey};
///
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// let mut key = TrustedKey::new(PublicKey::parse(key)?);
/// assert_eq!(key.standing, Standing::Trusted);
/// // From now on everything that it signed is refused.
/// key.standing = Standing::Revoked { at: Some("2026-03-01T00:00:00Z".parse()?) };
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Trusted,
    /// No longer: everything it signed is refused, unless it is known to be older than the date.
    Revoked {
        /// Since when; everything is refused where that is not known.
        at: Option<DateTime<Utc>>,
    },
}

/// One key of a trust store.
///
/// ```
/// use attest_core::key::PublicKey;
/// use attest_core::trust::TrustedKey;
///
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// let mut key = TrustedKey::new(PublicKey::parse(key)?).signer("ci-system@company.com");
/// key.valid_until = Some("2027-01-01T00:00:00Z".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKey {
    /// The key.
    pub public_key: PublicKey,
    /// Whose key it is, such as `ci-system@company.com`; the verifier's word, not the receipt's.
    pub signer: Option<String>,
    /// Whether it is believed.
    pub standing: Standing,
    /// A receipt whose time is before this is refused.
    pub valid_from: Option<DateTime<Utc>>,
    /// Once this has passed, receipts are refused that are not known to be older.
    pub valid_until: Option<DateTime<Utc>>,
}

impl TrustedKey {
    /// A trusted key without identity or window.
    pub fn new(public_key: PublicKey) -> Self {
        Self {
            public_key,
            signer: None,
            standing: Standing::Trusted,
            valid_from: None,
            valid_until: None,
        }
    }

    /// With the identity that it stands for.
    #[must_use]
    pub fn signer(mut self, signer: impl Into<String>) -> Self {
        self.signer = Some(signer.into());
        self
    }
}

impl From<PublicKey> for TrustedKey {
    fn from(key: PublicKey) -> Self {
        Self::new(key)
    }
}

/// A set of keys with their standing.
///
/// ```
/// use attest_core::key::PublicKey;
/// use attest_core::trust::{TrustStore, TrustedKey};
///
/// let key = PublicKey::parse("ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")?;
/// let mut store = TrustStore::new();
/// store.add(TrustedKey::new(key).signer("ci-system@company.com"))?;
/// assert!(store.get(&key).is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrustStore {
    keys: BTreeMap<[u8; 32], TrustedKey>,
}

impl TrustStore {
    /// A store that trusts nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key.
    ///
    /// # Errors
    /// [`TrustError::Duplicate`] where it is there already: two standings of one key are none.
    pub fn add(&mut self, key: impl Into<TrustedKey>) -> Result<(), TrustError> {
        let key = key.into();
        let id = key.public_key.id();
        if self.keys.contains_key(key.public_key.as_bytes()) {
            return Err(TrustError::Duplicate(id));
        }
        self.keys.insert(*key.public_key.as_bytes(), key);
        Ok(())
    }

    /// The entry of exactly this key.
    pub fn get(&self, key: &PublicKey) -> Option<&TrustedKey> {
        self.keys.get(key.as_bytes())
    }

    /// The entry of the key that a document names.
    pub fn named(&self, key: &EncodedKey) -> Option<&TrustedKey> {
        self.keys.get(key.as_bytes())
    }

    /// The entry with this key id.
    pub fn find(&self, id: KeyId) -> Option<&TrustedKey> {
        self.iter().find(|k| k.public_key.id() == id)
    }

    /// Every entry, in the order of the raw keys.
    pub fn iter(&self) -> impl Iterator<Item = &TrustedKey> {
        self.keys.values()
    }

    /// How many keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether it trusts nothing at all.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}
