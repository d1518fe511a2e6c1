//! The keys a server publishes, kept for a while.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use attest_core::client::keys;

use crate::v1::{PublishedKey, Timestamp};
use crate::{AttestClient, Error};

/// How long fetched keys are used without asking again.
const KEPT: Duration = Duration::from_secs(300);

/// The keys the server signs with.
///
/// ```no_run
/// # async fn run(client: attest_sdk::AttestClient) -> Result<(), attest_sdk::Error> {
/// // To look at and to pin: a key that comes with the receipts it signs proves little.
/// for key in client.keys().list().await? {
///     println!("{} {} ({})", key.id, key.public_key, key.status);
/// }
/// # Ok(())
/// # }
/// ```
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
        Ok(self.fetch().await?.keys)
    }

    async fn fetch(&self) -> Result<Fetched, Error> {
        let keys = self.client.driver().call(keys::list()).await?.keys;
        let fetched = Fetched {
            keys,
            at: Timestamp(SystemTime::now().into()),
        };
        self.client.key_ring().keep(fetched.clone());
        Ok(fetched)
    }

    /// The published keys: those fetched within the last five minutes, if `enough` is satisfied with them.
    pub(crate) async fn recent(
        &self,
        enough: impl Fn(&[PublishedKey]) -> bool,
    ) -> Result<Fetched, Error> {
        match self.client.key_ring().recent() {
            Some(kept) if enough(&kept.keys) => Ok(kept),
            _ => self.fetch().await,
        }
    }
}

/// Keys, and when they were fetched by the system's clock.
#[derive(Clone, Debug)]
pub(crate) struct Fetched {
    pub(crate) keys: Vec<PublishedKey>,
    pub(crate) at: Timestamp,
}

/// Keys that were fetched, by a clock that never goes back.
#[derive(Debug, Default)]
pub(crate) struct KeyRing(Mutex<Option<(Instant, Fetched)>>);

impl KeyRing {
    fn keep(&self, fetched: Fetched) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), fetched));
    }

    fn recent(&self) -> Option<Fetched> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()
            .filter(|(at, _)| at.elapsed() < KEPT)
            .map(|(_, fetched)| fetched.clone())
    }
}
