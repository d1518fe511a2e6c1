//! Public keys: three spellings in, strict verification.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ed25519_dalek::pkcs8::DecodePublicKey as _;
use ed25519_dalek::{Verifier as _, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::point::{is_canonical, is_of_small_order};
use super::{KeyError, KeyId, PREFIX, Signature, from_hex};
use crate::hex;

/// RFC 8410, section 4: SubjectPublicKeyInfo of Ed25519 up to the 32 bytes of the key.
const SPKI_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// RFC 8709, section 4: the name of Ed25519 keys in SSH.
const SSH_KEY_TYPE: &[u8] = b"ssh-ed25519";

/// An Ed25519 public key that is neither weak nor oddly encoded. Displayed as `ed25519:<64 lower-case hex>`.
///
/// ```
/// use attest_core::key::PublicKey;
///
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// let key = PublicKey::parse(key)?;
/// assert_eq!(PublicKey::parse(&key.hex())?, key);
/// assert_eq!(PublicKey::parse(&key.to_pem())?, key);
/// let weak = PublicKey::from_bytes([0; 32]);
/// assert!(weak.is_err(), "anyone could sign under it");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Parses `ed25519:<64 hex>`, bare hex, or SubjectPublicKeyInfo PEM; blanks around it do not count.
    ///
    /// # Errors
    /// [`KeyError`], where it is none of them, or a key that proves nothing.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.starts_with("-----BEGIN") {
            let key = VerifyingKey::from_public_key_pem(text).map_err(|_| KeyError::PublicPem)?;
            return Self::from_bytes(key.to_bytes());
        }
        match text.strip_prefix(PREFIX) {
            Some(hex) => Self::from_hex(hex),
            None if text.len() == 64 => Self::from_hex(text),
            None => Err(KeyError::PublicForm),
        }
    }

    /// Parses bare hex: 64 lower-case digits.
    ///
    /// # Errors
    /// As [`PublicKey::parse`].
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        Self::from_bytes(from_hex(text, "a public key")?)
    }

    /// The key whose raw bytes (RFC 8032, section 5.1.5) these are.
    ///
    /// # Errors
    /// [`KeyError::NotAPoint`] and [`KeyError::Weak`].
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, KeyError> {
        let not_a_point = || KeyError::NotAPoint(hex::encode(&bytes));
        if !is_canonical(&bytes) {
            return Err(not_a_point());
        }
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| not_a_point())?;
        if key.is_weak() {
            return Err(KeyError::Weak(hex::encode(&bytes)));
        }
        Ok(Self(key))
    }

    pub(super) fn of(key: VerifyingKey) -> Self {
        Self(key)
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The bare spelling: 64 lower-case hex digits.
    pub fn hex(&self) -> String {
        hex::encode(self.as_bytes())
    }

    /// SubjectPublicKeyInfo PEM (RFC 8410), as in a trust store's `<id>.pub`.
    pub fn to_pem(&self) -> String {
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            STANDARD.encode(self.to_spki_der())
        )
    }

    /// SubjectPublicKeyInfo (RFC 8410) in DER.
    pub(crate) fn to_spki_der(self) -> Vec<u8> {
        [&SPKI_PREFIX[..], self.as_bytes()].concat()
    }

    /// Its fingerprint as OpenSSH shows it: `SHA256:` and the unpadded base64 of the SHA-256 of the key's SSH encoding.
    pub(crate) fn ssh_fingerprint(&self) -> String {
        let mut hasher = Sha256::new();
        // RFC 4251, section 5: a string is its length in four bytes, most significant first, and its bytes.
        for text in [SSH_KEY_TYPE, self.as_bytes().as_slice()] {
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            hasher.update(length.to_be_bytes());
            hasher.update(text);
        }
        format!("SHA256:{}", STANDARD_NO_PAD.encode(hasher.finalize()))
    }

    /// Its key id.
    pub fn id(&self) -> KeyId {
        KeyId::of(self.as_bytes())
    }

    /// Whether `signature` is this key's over `message`, strictly: canonical encodings only, no `R` of small order.
    pub fn verify_strict(&self, message: &[u8], signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature.as_bytes());
        // What `VerifyingKey::verify_strict` accepts, for a tenth less. It asks beside `verify` whether the order of `R`
        // or of the key is small. `verify` takes an `R` only as the canonical bytes of [S]B − [k]A, and those of a small
        // order are eight; such a key `from_bytes` refuses, and no seed makes one.
        !is_of_small_order(signature.r_bytes()) && self.0.verify(message, &signature).is_ok()
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::parse(text)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.hex())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}
