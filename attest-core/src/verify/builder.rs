//! Building a verifier: everything that could be wrong with it is wrong here, not while it judges.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::material::{Clock, Material};
use super::{Expect, Policy, PolicyError, TrustState, Verifier};
use crate::key::{KeyError, PublicKey};
use crate::trust::{TrustError, TrustStore, TrustedKey};
use crate::v1;

/// What a verifier cannot be built from.
///
/// ```
/// use attest_core::verify::{BuildError, Verifier};
///
/// let error = Verifier::builder().policy("require-sucess").unwrap_err();
/// assert!(matches!(error, BuildError::Policy(_)));
/// let error = Verifier::builder().trusted_keys(["ed25519:d75a"]).unwrap_err();
/// assert!(matches!(error, BuildError::Key { .. }));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BuildError {
    /// A trusted key that is none.
    #[error("trusted key {text:?}: {reason}")]
    Key {
        /// What was given.
        text: String,
        /// Why it is none.
        reason: KeyError,
    },
    /// A key that is given twice.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// A policy that cannot be asked.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// A [`Verifier`] in the making.
///
/// ```
/// use attest_core::verify::{TrustState, Verifier};
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// let builder = Verifier::builder().trusted_keys([key])?.policy("max-age-24h")?;
/// // A test, or an audit of the past, says what time it is.
/// let verifier = builder.now("2026-02-01T00:00:00Z".parse()?).build();
/// let report = verifier.verify_bytes(bytes)?;
/// assert!(report.valid);
/// assert_eq!(report.trust_material.state, TrustState::Given);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Builder {
    store: Option<TrustStore>,
    state: Option<TrustState>,
    as_of: Option<DateTime<Utc>>,
    policies: Vec<Policy>,
    expect: Expect,
    clock: Clock,
    believe_receipt_time: bool,
}

impl Builder {
    /// Trusts the keys that are given, and that is nothing while none is.
    #[must_use]
    pub fn given_keys_alone(mut self) -> Self {
        self.store.get_or_insert_default();
        self.state.get_or_insert(TrustState::Given);
        self
    }

    /// Trusts a key. The same key twice is one key, unless the two say different things about it.
    ///
    /// # Errors
    /// [`BuildError::Trust`].
    pub fn trusted_key(self, key: impl Into<TrustedKey>) -> Result<Self, BuildError> {
        let mut builder = self.given_keys_alone();
        let key = key.into();
        let store = builder.store.get_or_insert_default();
        if store.get(&key.public_key) != Some(&key) {
            store.add(key)?;
        }
        Ok(builder)
    }

    /// Trusts a key as the API's bodies and the clients' options spell it.
    ///
    /// # Errors
    /// [`BuildError::Key`] and [`BuildError::Trust`].
    pub fn given_key(self, key: &v1::TrustedKey) -> Result<Self, BuildError> {
        let (text, signer) = match key {
            v1::TrustedKey::Key(text) => (text, None),
            v1::TrustedKey::Named { public_key, signer } => (public_key, signer.clone()),
        };
        let mut key = TrustedKey::new(parse(text)?);
        key.signer = signer;
        self.trusted_key(key)
    }

    /// Trusts exactly these keys, in any form that [`PublicKey::parse`] takes. An empty list trusts nothing.
    ///
    /// # Errors
    /// [`BuildError::Key`] and [`BuildError::Trust`].
    pub fn trusted_keys<T: AsRef<str>>(
        self,
        keys: impl IntoIterator<Item = T>,
    ) -> Result<Self, BuildError> {
        keys.into_iter()
            .try_fold(self.given_keys_alone(), |builder, text| {
                builder.trusted_key(parse(text.as_ref())?)
            })
    }

    /// Trusts a store, in place of what was trusted before.
    #[must_use]
    pub fn trust_store(mut self, store: TrustStore) -> Self {
        self.store = Some(store);
        self.state = Some(TrustState::Store);
        self
    }

    /// Says where the trusted keys come from, where it is not what the calls above imply, and when they were fetched.
    #[must_use]
    pub fn trust_material(mut self, state: TrustState, as_of: Option<DateTime<Utc>>) -> Self {
        self.state = Some(state);
        self.as_of = as_of;
        self
    }

    /// Asks one policy more.
    ///
    /// # Errors
    /// [`BuildError::Policy`].
    pub fn policy(mut self, text: &str) -> Result<Self, BuildError> {
        self.policies.push(Policy::parse(text)?);
        Ok(self)
    }

    /// Asks these policies too.
    ///
    /// # Errors
    /// [`BuildError::Policy`] for the first that cannot be asked.
    pub fn policies<T: AsRef<str>>(
        self,
        texts: impl IntoIterator<Item = T>,
    ) -> Result<Self, BuildError> {
        texts
            .into_iter()
            .try_fold(self, |builder, text| builder.policy(text.as_ref()))
    }

    /// What the receipt must be of.
    #[must_use]
    pub fn expect(mut self, expect: Expect) -> Self {
        self.expect = expect;
        self
    }

    /// Judges as of this moment, always.
    #[must_use]
    pub fn now(mut self, now: DateTime<Utc>) -> Self {
        self.clock = Clock::fixed(now);
        self
    }

    /// Asks this clock at each verification. The default is the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>) -> Self {
        self.clock = Clock(clock);
        self
    }

    /// Believes the receipt's own time where only an independent timestamp should count: for a key that was revoked or
    /// ran out later. Whoever holds such a key can write any time.
    #[must_use]
    pub fn trust_receipt_timestamp(mut self, believe: bool) -> Self {
        self.believe_receipt_time = believe;
        self
    }

    /// The verifier.
    pub fn build(self) -> Verifier {
        let state = if self.store.is_some() {
            self.state
        } else {
            None
        };
        Verifier {
            material: Material {
                store: self.store,
                state: state.unwrap_or(TrustState::None),
                as_of: self.as_of,
            },
            policies: self.policies,
            expect: self.expect,
            clock: self.clock,
            believe_receipt_time: self.believe_receipt_time,
        }
    }
}

fn parse(text: &str) -> Result<PublicKey, BuildError> {
    PublicKey::parse(text).map_err(|reason| BuildError::Key {
        text: text.to_owned(),
        reason,
    })
}
