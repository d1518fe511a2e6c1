//! The check `trust`: the key that signed is one the verifier believes, for a receipt of this time.

use chrono::{DateTime, Utc};

use super::{Fault, code};
use crate::key::PublicKey;
use crate::trust::{Standing, TrustStore};

/// What a key's bounds are judged by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// The verifier's time.
    pub(super) now: DateTime<Utc>,
    /// The receipt's, which is the signer's word.
    pub(super) receipt: DateTime<Utc>,
    /// Whether that word counts where only an independent timestamp should.
    pub(super) believe_receipt: bool,
}

/// A trusted signer.
#[derive(Debug)]
pub(super) struct Trusted {
    /// Whether this rests on the receipt's own time.
    pub(super) by_receipt_time: bool,
}

/// Judges the key by the store; `None` is a verifier that was given no keys at all.
pub(super) fn check(
    store: Option<&TrustStore>,
    key: &PublicKey,
    times: Times,
) -> Result<Trusted, Fault> {
    let Some(store) = store else {
        let detail = "no trusted keys were given; a key inside a receipt proves nothing about it";
        return Err(Fault::new(code::NO_TRUSTED_KEYS, detail));
    };
    let Some(entry) = store.get(key) else {
        let detail = format!(
            "signed by key {}, which is not among the {} trusted",
            key.id(),
            store.len()
        );
        return Err(Fault::new(code::SIGNER_NOT_TRUSTED, detail));
    };
    let id = || key.id();
    let mut by_receipt_time = false;
    if let Standing::Revoked { at } = entry.standing {
        let older = at.is_some_and(|at| times.believe_receipt && times.receipt < at);
        if !older {
            let since = at
                .map(|at| format!(" since {}", at.to_rfc3339()))
                .unwrap_or_default();
            return Err(Fault::new(
                code::KEY_REVOKED,
                format!("signed by key {}, which is revoked{since}", id()),
            ));
        }
        by_receipt_time = true;
    }
    if let Some(from) = entry.valid_from.filter(|from| times.receipt < *from) {
        let detail = format!(
            "the receipt is older than its key {}, which is valid from {}",
            id(),
            from.to_rfc3339()
        );
        return Err(Fault::new(code::KEY_NOT_YET_VALID, detail));
    }
    if let Some(until) = entry.valid_until.filter(|until| times.now > *until) {
        if !times.believe_receipt || times.receipt > until {
            let detail = format!(
                "signed by key {}, whose validity ended at {}; nothing independent shows that the receipt is older",
                id(),
                until.to_rfc3339()
            );
            return Err(Fault::new(code::KEY_EXPIRED, detail));
        }
        by_receipt_time = true;
    }
    Ok(Trusted { by_receipt_time })
}
