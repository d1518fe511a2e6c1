//! The private key that signs receipts, and statements made from them. It is wiped from memory when dropped and never shown.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use zeroize::Zeroizing;

use super::{KeyError, KeyId, PublicKey, Signature};

/// RFC 8410, section 7: PKCS#8 version 1 of Ed25519 up to the 32 bytes of the seed.
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// An Ed25519 private key.
///
/// ```
/// use attest_core::key::SigningKey;
/// use zeroize::Zeroizing;
///
/// let key = SigningKey::from_seed(&Zeroizing::new([7; 32]));
/// let pem = key.to_pkcs8_pem();
/// assert_eq!(SigningKey::from_pkcs8_pem(&pem)?.id(), key.id());
/// assert!(format!("{key:?}").ends_with("private part hidden)"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key of a seed (RFC 8032's 32-byte private key).
    pub fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// A new key from the system's randomness. Where that is to be handed in, use [`SigningKey::from_seed`].
    ///
    /// # Errors
    /// [`KeyError::Randomness`].
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut()).map_err(|e| KeyError::Randomness(e.to_string()))?;
        Ok(Self::from_seed(&seed))
    }

    /// Reads PKCS#8 PEM, version 1, or version 2 where the public key in it must be the right one.
    ///
    /// # Errors
    /// [`KeyError::PrivatePem`]; the text is not part of the message.
    pub fn from_pkcs8_pem(text: &str) -> Result<Self, KeyError> {
        let key = ed25519_dalek::SigningKey::from_pkcs8_pem(text.trim())
            .map_err(|_| KeyError::PrivatePem)?;
        Ok(Self(key))
    }

    /// PKCS#8 PEM, version 1.
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        let der = Zeroizing::new([&PKCS8_PREFIX[..], self.0.as_bytes()].concat());
        let base64 = Zeroizing::new(STANDARD.encode(der.as_slice()));
        Zeroizing::new(format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            base64.as_str()
        ))
    }

    /// Its public half.
    pub fn public_key(&self) -> PublicKey {
        PublicKey::of(self.0.verifying_key())
    }

    /// Its key id.
    pub fn id(&self) -> KeyId {
        self.public_key().id()
    }

    /// Signs the canonical bytes of a receipt. Not public: nobody signs bytes of a caller's choice.
    pub(crate) fn sign_receipt(&self, canonical: &[u8]) -> Signature {
        Signature::from_bytes(self.0.sign(canonical).to_bytes())
    }

    /// Signs the pre-authentication encoding of a statement that this crate made. Not public, for the same reason. It
    /// starts with `DSSEv1`, a receipt with `{`: neither is ever taken for the other.
    pub(crate) fn sign_envelope(&self, pae: &[u8]) -> Signature {
        Signature::from_bytes(self.0.sign(pae).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, private part hidden)", self.public_key())
    }
}
