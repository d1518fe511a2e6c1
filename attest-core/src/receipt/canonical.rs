//! The canonical bytes: what is signed and hashed, the same for every rendering and spelling of one receipt.

use super::json::Json;
use super::model::Body;
use super::{Rendering, Seal, document};
use crate::digest::Digest;

impl Body {
    /// The bytes that the signature is over: compact JSON of the fields in signing order, bare hex, no signature, key
    /// or token, steps and events sorted, times in UTC with as few fractional digits (0, 3, 6, 9) as are exact.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        // Most receipts fit: growing as it is written costs more than the writing.
        let mut json = Json::with_capacity(4096);
        document::write(&mut json, self, &Seal::default(), Rendering::Bare);
        json.finish().into_bytes()
    }

    /// `receipt_hash`: BLAKE3 of the canonical bytes.
    pub fn hash(&self) -> Digest {
        Digest::of(&self.canonical_bytes())
    }

    /// Brings steps and events into signed order.
    pub(super) fn sort(&mut self) {
        self.steps.sort_by(|a, b| a.name.cmp(&b.name));
        self.causal_events.sort();
    }
}
