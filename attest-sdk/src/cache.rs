//! The cache of a server: what it holds, and letting go of it.

use attest_core::client::cache;

use crate::v1::{CacheStats, GcReport, GcRequest};
use crate::{AttestClient, Digest, Error};

/// The cache of a server.
///
/// ```no_run
/// use attest_sdk::GcRequest;
///
/// # async fn run(client: attest_sdk::AttestClient) -> Result<(), attest_sdk::Error> {
/// let week = GcRequest { max_age_days: Some(7), ..GcRequest::default() };
/// let report = client.cache().gc(&week).await?;
/// println!("{} objects are gone, {} bytes stay", report.deleted_objects, report.total_size_bytes);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Cache {
    client: AttestClient,
}

impl Cache {
    pub(crate) fn new(client: AttestClient) -> Self {
        Self { client }
    }

    /// How much is stored, and how often a step was found there.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), attest_sdk::Error> {
    /// let client = attest_sdk::AttestClient::from_env()?;
    /// let stats = client.cache().stats().await?;
    /// println!("{} bytes, {:.0} % hits", stats.total_size_bytes, stats.hit_rate * 100.0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As any call's; it takes the scope `cache:read`.
    pub async fn stats(&self) -> Result<CacheStats, Error> {
        self.client.driver().call(cache::stats()).await
    }

    /// Deletes one stored object.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) while an execution needs it; else as any call's. It takes the
    /// scope `cache:write`.
    pub async fn delete(&self, object: &Digest) -> Result<(), Error> {
        self.client
            .driver()
            .call(cache::delete(&object.to_string())?)
            .await
    }

    /// Lets go of what was not used for long. What an execution or the last hour's uploads need stays, and receipts are
    /// never touched.
    ///
    /// # Errors
    /// As any call's; it takes the scope `cache:admin`.
    pub async fn gc(&self, request: &GcRequest) -> Result<GcReport, Error> {
        self.client.driver().call(cache::gc(request)?).await
    }
}
