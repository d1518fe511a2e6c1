//! The keys a server publishes, kept for a while.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use attest_core::client::keys;

use crate::v1::PublishedKey;
use crate::{AttestClient, Error};

/// How long fetched keys are used without asking again.
const KEPT: Duration = Duration::from_secs(300);

/// The keys the server signs with.
#[derive(Clone, Debug)]
pub struct Keys {
    client: AttestClient,
}

impl Keys {
    pub(crate) fn new(client: AttestClient) -> Self {
        Self { client }
    }

    /// The published keys, as they are now.
    ///
    /// # Errors
    /// As any call's.
    pub async fn list(&self) -> Result<Vec<PublishedKey>, Error> {
        let fetched = self.client.driver().call(keys::list()).await?.keys;
        self.client.key_ring().keep(fetched.clone());
        Ok(fetched)
    }

    /// The published keys: those fetched within the last five minutes, if `enough` is satisfied with them.
    pub(crate) async fn recent(
        &self,
        enough: impl Fn(&[PublishedKey]) -> bool,
    ) -> Result<Vec<PublishedKey>, Error> {
        match self.client.key_ring().recent() {
            Some(kept) if enough(&kept) => Ok(kept),
            _ => self.list().await,
        }
    }
}

/// Keys with the moment they were fetched.
#[derive(Debug, Default)]
pub(crate) struct KeyRing(Mutex<Option<(Instant, Vec<PublishedKey>)>>);

impl KeyRing {
    fn keep(&self, keys: Vec<PublishedKey>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), keys));
    }

    fn recent(&self) -> Option<Vec<PublishedKey>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()
            .filter(|(fetched, _)| fetched.elapsed() < KEPT)
            .map(|(_, keys)| keys.clone())
    }
}
