//! The receipt: what was run, on what, with what result, and one signature over all of it.
//!
//! It has two renderings, the API's (JSON, digests as `blake3:<hex>`, keys as `ed25519:<hex>`) and the command-line
//! tool's (YAML, bare hex). [`Receipt::parse`] takes either, [`Receipt::to_json`] and [`Receipt::to_yaml`] write them,
//! and one signature covers both, because it is over the [canonical bytes](Body::canonical_bytes).
//!
//! - [`Body`] is what a receipt says; building one and [`Body::sign`]ing it is how a receipt is made.
//! - [`Receipt`] is a body with its [`Seal`], as read or as made. It is not a verdict: [`crate::verify`] gives one.
//!
//! ```
//! use attest_core::receipt::Receipt;
//!
//! # let text = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
//! let receipt = Receipt::parse(text)?;
//! println!("{} ran {} steps", receipt.hash(), receipt.body().steps.len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod build;
mod canonical;
mod document;
mod fields;
mod json;
pub mod model;
mod parse;
mod write;

use std::sync::Arc;

use thiserror::Error as ThisError;

pub use build::BuildError;
pub use fields::SchemaError;
pub use model::*;

use crate::digest::Digest;
use crate::key::{EncodedKey, PublicKey, Signature};
use crate::yaml::{self, Limits};

/// The newest version of the format that is read, and the one that is written.
pub const LATEST_SCHEMA: u32 = 3;

/// How digests and keys are spelled in a document: all one way or all the other.
///
/// ```
/// use attest_core::receipt::{Receipt, Rendering};
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// let receipt = Receipt::parse(bytes)?;
/// assert_eq!(receipt.rendering(), Rendering::Prefixed);
/// let for_the_tool = receipt.to_yaml();
/// assert_eq!(Receipt::parse(for_the_tool.as_bytes())?.rendering(), Rendering::Bare);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rendering {
    /// `blake3:<hex>`, `ed25519:<hex>`: the API's.
    Prefixed,
    /// `<hex>`: the command-line tool's.
    Bare,
}

/// What stands beside the body and is not part of the signed bytes.
///
/// ```
/// # use attest_core::receipt::Receipt;
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// let receipt = Receipt::parse(bytes)?;
/// let seal = receipt.seal();
/// assert!(seal.signature.is_some(), "nobody signed it");
/// assert_eq!(seal.timestamp_token, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seal {
    /// Ed25519 over the canonical bytes.
    pub signature: Option<Spelled<Signature>>,
    /// The key that is said to have made it. A hint: it proves nothing about the document it stands in.
    pub signer_public_key: Option<Spelled<EncodedKey>>,
    /// Base64 of an RFC 3161 token over the signature.
    pub timestamp_token: Option<String>,
}

/// Why bytes are not a receipt.
///
/// ```
/// use attest_core::receipt::{ParseError, Receipt};
///
/// let not_yaml = Receipt::parse(b"{\"steps\": [").unwrap_err();
/// assert!(matches!(not_yaml, ParseError::Unreadable(_)));
/// let not_a_receipt = Receipt::parse(b"steps: []").unwrap_err();
/// assert!(matches!(not_a_receipt, ParseError::Schema(_)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum ParseError {
    /// Neither JSON nor YAML, too large, nested too deep, or with duplicate keys: nothing can be said about it.
    #[error("unreadable: {0}")]
    Unreadable(#[from] yaml::Error),
    /// A readable document that has not the structure of a receipt.
    #[error("not a receipt: {0}")]
    Schema(#[from] SchemaError),
}

/// A receipt as read or as made. Cheap to clone.
///
/// ```
/// use attest_core::receipt::Receipt;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// let receipt = Receipt::parse(bytes)?;
/// assert_eq!(receipt.body().steps.len(), 2);
/// assert_eq!(receipt.hash().to_string(), "blake3:45f7bca25689ebfe4344d4f53279e89c0a892a1e7cfb2870664e2b15519ddf73");
/// // One signature covers both renderings.
/// assert_eq!(Receipt::parse(receipt.to_yaml().as_bytes())?, receipt);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Receipt {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    raw: Vec<u8>,
    rendering: Rendering,
    body: Body,
    seal: Seal,
}

impl Receipt {
    /// Reads a receipt of either rendering, JSON or YAML, at most 16 MiB and 64 levels deep.
    ///
    /// Structure is checked in full: a field that is missing, unknown or of another type is an error. Values are not
    /// judged: a digest that is none is read as [`Spelled::Malformed`], and verification refuses it.
    ///
    /// # Errors
    /// [`ParseError`], with the position.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let document = yaml::parse(bytes, Limits::default())?;
        let (body, seal, rendering) = parse::receipt(document.root())?;
        Ok(Self {
            inner: Arc::new(Inner {
                raw: bytes.to_vec(),
                rendering,
                body,
                seal,
            }),
        })
    }

    /// What it says.
    pub fn body(&self) -> &Body {
        &self.inner.body
    }

    /// Signature, key and token.
    pub fn seal(&self) -> &Seal {
        &self.inner.seal
    }

    /// The signature, where there is one that is well-formed.
    pub fn signature(&self) -> Option<&Signature> {
        self.seal().signature.as_ref()?.valid()
    }

    /// The key that is said to have signed it, where it is one.
    pub fn signer_public_key(&self) -> Option<PublicKey> {
        let key = self.seal().signer_public_key.as_ref()?.valid()?;
        key.decode().ok()
    }

    /// The rendering it was read in or first written in.
    pub fn rendering(&self) -> Rendering {
        self.inner.rendering
    }

    /// The bytes it was read from; the API's JSON where it was made here.
    pub fn raw(&self) -> &[u8] {
        &self.inner.raw
    }

    /// `receipt_hash`: BLAKE3 of the canonical bytes.
    pub fn hash(&self) -> Digest {
        self.body().hash()
    }

    /// Compact JSON in the API's rendering. It escapes what a YAML 1.1 reader cannot take raw.
    pub fn to_json(&self) -> String {
        write::json(self, Rendering::Prefixed)
    }

    /// YAML in the command-line tool's rendering.
    pub fn to_yaml(&self) -> String {
        write::yaml(self, Rendering::Bare)
    }

    fn made(body: Body, seal: Seal) -> Self {
        let rendering = Rendering::Prefixed;
        let raw = write::json_of(&body, &seal, rendering).into_bytes();
        Self {
            inner: Arc::new(Inner {
                raw,
                rendering,
                body,
                seal,
            }),
        }
    }
}

impl PartialEq for Receipt {
    /// Equal in everything they say, in whatever rendering they say it.
    fn eq(&self, other: &Self) -> bool {
        self.body() == other.body() && self.seal() == other.seal()
    }
}

impl Eq for Receipt {}
