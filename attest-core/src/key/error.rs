//! Why a text is no key.

use thiserror::Error;

/// A key, key id or signature that cannot be used.
///
/// ```
/// use attest_core::key::{KeyError, PublicKey};
///
/// let error = PublicKey::parse("ssh-ed25519 AAAA").unwrap_err();
/// assert_eq!(error, KeyError::PublicForm);
/// assert!(error.to_string().contains("`ed25519:<64 hex>`"), "it says what would be one");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not the right number of lower-case hex digits.
    #[error("{what} must be {digits} lower-case hex digits")]
    Hex {
        /// What was read.
        what: &'static str,
        /// How many digits it has.
        digits: usize,
    },
    /// None of the forms of a public key.
    #[error(
        "a public key must be `ed25519:<64 hex>`, 64 hex digits, or a PEM file that starts with `-----BEGIN PUBLIC KEY-----`"
    )]
    PublicForm,
    /// PEM that holds no Ed25519 public key.
    #[error("the PEM text holds no Ed25519 public key")]
    PublicPem,
    /// PEM that holds no Ed25519 private key.
    #[error(
        "the text holds no Ed25519 private key; it must be PKCS#8 PEM (`-----BEGIN PRIVATE KEY-----`)"
    )]
    PrivatePem,
    /// Bytes that are no point of the curve, or not its one encoding.
    #[error("the public key {0} is no canonically encoded point of the curve")]
    NotAPoint(String),
    /// A key of small order, under which signatures prove nothing.
    #[error("the public key {0} is weak (of small order); anyone could sign under it")]
    Weak(String),
    /// A key file that cannot be read or written.
    #[error("key file {path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The system gave no randomness.
    #[error("the system gave no randomness for a new key: {0}")]
    Randomness(String),
}
