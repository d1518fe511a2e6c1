//! Asking a server to verify a receipt. Its answer is a verification report.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::Timestamp;

/// A trusted public key, alone or with the identity it stands for.
///
/// ```
/// use attest_core::v1::TrustedKey;
///
/// let key: TrustedKey = serde_json::from_str("\"ed25519:d75a…\"")?;
/// assert_eq!(key, TrustedKey::Key("ed25519:d75a…".to_owned()));
/// let named = r#"{"public_key": "ed25519:d75a…", "signer": "ci-system@company.com"}"#;
/// assert!(matches!(serde_json::from_str(named)?, TrustedKey::Named { signer: Some(_), .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum TrustedKey {
    /// `ed25519:<hex>`, bare hex, or PEM.
    Key(String),
    /// A key with its identity.
    Named {
        /// `ed25519:<hex>`, bare hex, or PEM.
        public_key: String,
        /// Such as `ci-system@company.com`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signer: Option<String>,
    },
}

/// By hand: what `serde` derives for an untagged enumeration reads through a buffer, in which a reader that looks for
/// unknown fields sees none, and a misspelt `signer` would pass.
impl<'de> Deserialize<'de> for TrustedKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Named {
            public_key: String,
            #[serde(default)]
            signer: Option<String>,
        }

        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = TrustedKey;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a public key, or an object with `public_key` and `signer`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<TrustedKey, E> {
                Ok(TrustedKey::Key(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TrustedKey, A::Error> {
                let Named { public_key, signer } =
                    Named::deserialize(MapAccessDeserializer::new(map))?;
                Ok(TrustedKey::Named { public_key, signer })
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// Body of `POST /v1/receipts/verify`.
///
/// ```
/// use attest_core::v1::VerifyRequest;
/// use serde_json::value::RawValue;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = std::str::from_utf8(bytes)?.trim();
/// let request = VerifyRequest {
///     receipt: RawValue::from_string(receipt.to_owned())?, // to the byte
///     trusted_keys: Some(Vec::new()),                      // nobody
///     policies: vec!["require-success".to_owned()],
///     now: None,
/// };
/// assert!(serde_json::to_string(&request)?.contains(receipt));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VerifyRequest {
    /// The receipt's JSON, untouched: a verdict is about bytes.
    pub receipt: Box<RawValue>,
    /// The keys to trust; the server's own register where absent, nothing where empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted_keys: Option<Vec<TrustedKey>>,
    /// Policies that have to be met as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// The moment to judge by; the server's clock where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Timestamp>,
}
