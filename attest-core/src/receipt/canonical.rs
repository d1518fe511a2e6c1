//! The canonical bytes: what is signed and hashed, the same for every rendering and spelling of one receipt.

use super::document::Document;
use super::model::Body;
use super::{Rendering, Seal};
use crate::digest::Digest;

impl Body {
    /// The bytes that the signature is over: compact JSON of the fields in signing order, bare hex, no signature, key
    /// or token, steps and events sorted, times in UTC with as few fractional digits (0, 3, 6, 9) as are exact.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        // Most receipts fit: growing as it is written costs more than the writing.
        let mut bytes = Vec::with_capacity(4096);
        let seal = Seal::default();
        let document = Document::of(self, &seal, Rendering::Bare);
        // Texts and numbers into memory: that cannot fail.
        let written = serde_json::to_writer(&mut bytes, &document);
        debug_assert!(written.is_ok());
        bytes
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
