//! From an `Authorization` header to who is calling.

use subtle::ConstantTimeEq as _;

use super::{ApiKey, Pepper, Scope};
use crate::host::Host;
use crate::store::{Store, StoreError, api_keys};

/// An authenticated caller.
#[derive(Debug, Clone)]
pub(crate) struct Principal {
    /// The API key's id.
    pub(crate) id: String,
    pub(crate) scopes: Vec<String>,
}

/// Why a credential was not accepted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Denied {
    #[error("no credential was sent: send `Authorization: Bearer <API key>`")]
    Missing,
    #[error("the Authorization header is not of the form `Bearer <API key>`")]
    Malformed,
    #[error("the API key is not known here, was revoked or has expired")]
    Refused,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Looks credentials up.
pub(crate) struct Authenticator {
    store: Store,
    pepper: Pepper,
    host: Host,
}

impl Authenticator {
    pub(crate) fn new(store: Store, pepper: Pepper, host: Host) -> Self {
        Self {
            store,
            pepper,
            host,
        }
    }

    /// `header` is the value of `Authorization`.
    pub(crate) async fn authenticate(&self, header: Option<&[u8]>) -> Result<Principal, Denied> {
        let header = header.ok_or(Denied::Missing)?;
        let text = std::str::from_utf8(header).map_err(|_| Denied::Malformed)?;
        let (scheme, credential) = text.split_once(' ').ok_or(Denied::Malformed)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Denied::Malformed);
        }
        let key = ApiKey::parse(credential.trim()).ok_or(Denied::Refused)?;
        let hash = key.hash(&self.pepper);
        let stored = self
            .store
            .read(move |connection| api_keys::by_hash(connection, &hash))
            .await?;
        let stored = stored.ok_or(Denied::Refused)?;
        // The index has compared keyed hashes, which tell nothing about keys; this compares again in constant time.
        let same: bool = stored.hash.ct_eq(&hash).into();
        let expired = stored
            .expires_at
            .is_some_and(|moment| moment <= self.host.now());
        if !same || expired || stored.revoked_at.is_some() {
            return Err(Denied::Refused);
        }
        Ok(Principal {
            id: stored.id,
            scopes: stored.scopes,
        })
    }
}

impl Principal {
    pub(crate) fn may(&self, scope: Scope) -> bool {
        self.scopes.iter().any(|held| scope.is_included_in(held))
    }
}
