//! `signer:<identity or key id>`: this one signed, by a key that the verifier trusts for this receipt.
//!
//! An identity is the verifier's word for a key, from its trust store. A text that has the form of a key id names a key
//! and never an identity, so that nobody can be called by another's key id.

use super::{Breach, Context, Known, Rule, Signed};
use crate::key::{KeyId, PublicKey};
use crate::verify::code;

pub(super) const KNOWN: Known = Known {
    pattern: "signer:<identity or key id>",
    parse: |parts| parts.with_argument("signer", wanted),
};

enum Signer {
    Key(KeyId),
    Identity(String),
}

fn wanted(text: &str) -> Result<Signer, String> {
    if let Ok(id) = KeyId::parse(text) {
        return Ok(Signer::Key(id));
    }
    if let Ok(key) = PublicKey::parse(text) {
        return Err(format!(
            "{text:?} is a public key; its key id is {}",
            key.id()
        ));
    }
    if text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(format!("{text:?} is no key id: its digits are lower case"));
    }
    if text.trim() != text {
        return Err(format!("{text:?} begins or ends with a blank"));
    }
    Ok(Signer::Identity(text.to_owned()))
}

impl Signer {
    fn is(&self, signed: &Signed<'_>) -> bool {
        match self {
            Self::Key(id) => *id == signed.key.id(),
            Self::Identity(name) => signed.identity == Some(name),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Key(id) => id.to_string(),
            Self::Identity(name) => name.clone(),
        }
    }

    /// Who signed, in the words of what was asked.
    fn found(&self, signed: &Signed<'_>) -> String {
        match (self, signed.identity) {
            (Self::Identity(_), Some(name)) => name.to_owned(),
            _ => signed.key.id().to_string(),
        }
    }
}

impl Rule for Signer {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach> {
        let Some(signed) = &context.signed else {
            let message = "there is no valid signature that could say who signed";
            return Err(Breach::new(code::SIGNATURE_FAILED, message).expected(self.text()));
        };
        let found = self.found(signed);
        if !signed.trusted {
            let message = format!("signed by {found}, whom the verifier does not trust");
            return Err(Breach::new(code::SIGNER_NOT_TRUSTED, message).values(self.text(), found));
        }
        if self.is(signed) {
            return Ok(());
        }
        let message = format!("signed by {found}, expected {}", self.text());
        Err(Breach::new(code::SIGNER_MISMATCH, message).values(self.text(), found))
    }
}
