//! Receipts and the keys that sign them.

use attest_sdk::{Error, ErrorKind};
use zeroize::Zeroizing;

use crate::hooks::Counted;
use crate::json;

/// A receipt, with a verifier where it came through a client.
#[derive(Clone, Debug)]
pub struct Receipt {
    sdk: attest_sdk::Receipt,
    _counted: Counted,
}

impl Receipt {
    pub(crate) fn of(sdk: attest_sdk::Receipt) -> Self {
        Self {
            sdk,
            _counted: Counted::default(),
        }
    }

    /// Reads a receipt, in JSON or YAML. It has no verifier.
    ///
    /// # Errors
    /// [`ErrorKind::ReceiptFormat`], with the position.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        attest_sdk::Receipt::parse(bytes).map(Self::of)
    }

    /// Whether it is authentic and of a successful run, by the client's keys and policies.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] where it did not come through a client.
    pub fn verify(&self) -> Result<bool, Error> {
        Ok(self.sdk.report()?.valid)
    }

    /// The verdict in full, as JSON.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn report(&self) -> Result<String, Error> {
        json::write(&self.sdk.report()?)
    }

    /// Compact JSON in the API's rendering.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.sdk.to_json()
    }

    /// YAML in the command-line tool's rendering.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        self.sdk.to_yaml()
    }

    /// The bytes it was read from.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        self.sdk.as_core().raw()
    }

    /// `blake3:…` of its canonical bytes.
    #[must_use]
    pub fn hash(&self) -> String {
        self.sdk.hash().to_string()
    }

    /// The id of the key that is said to have signed it. It proves nothing.
    #[must_use]
    pub fn key_id(&self) -> Option<String> {
        self.sdk.signer().map(|id| id.to_string())
    }

    /// The server's own opinion, as JSON, of a receipt that was fetched. Nothing here believes it.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] where it cannot be written.
    pub fn server_verification(&self) -> Result<Option<String>, Error> {
        self.sdk.server_verification().map(json::write).transpose()
    }

    /// What it says, signed by `key`.
    ///
    /// # Errors
    /// [`ErrorKind::ReceiptFormat`] where every verifier would refuse the result.
    pub fn sign(&self, key: &SigningKey) -> Result<Self, Error> {
        self.sdk.sign(&key.sdk).map(Self::of)
    }

    pub(crate) fn sdk(&self) -> &attest_sdk::Receipt {
        &self.sdk
    }
}

/// A private key. It is never shown but by [`to_pem`](Self::to_pem).
#[derive(Clone, Debug)]
pub struct SigningKey {
    sdk: attest_sdk::SigningKey,
    _counted: Counted,
}

impl SigningKey {
    fn of(sdk: attest_sdk::SigningKey) -> Self {
        Self {
            sdk,
            _counted: Counted::default(),
        }
    }

    /// A new key from the system's randomness.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the system has none.
    pub fn generate() -> Result<Self, Error> {
        attest_sdk::SigningKey::generate()
            .map(Self::of)
            .map_err(|error| Error::new(ErrorKind::Io, error.to_string()).with_source(error))
    }

    /// Reads PKCS#8 PEM.
    ///
    /// # Errors
    /// [`ErrorKind::KeyFormat`]; the text is not part of the message.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        attest_sdk::SigningKey::from_pkcs8_pem(pem)
            .map(Self::of)
            .map_err(|error| Error::new(ErrorKind::KeyFormat, error.to_string()).with_source(error))
    }

    /// PKCS#8 PEM, version 1: the secret itself.
    #[must_use]
    pub fn to_pem(&self) -> Zeroizing<String> {
        self.sdk.to_pkcs8_pem()
    }

    /// `ed25519:<hex>`, its public half.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.sdk.public_key().to_string()
    }

    /// 32 hex digits.
    #[must_use]
    pub fn key_id(&self) -> String {
        self.sdk.id().to_string()
    }

    pub(crate) fn sdk(&self) -> &attest_sdk::SigningKey {
        &self.sdk
    }
}
