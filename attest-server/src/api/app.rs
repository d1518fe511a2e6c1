//! What every handler can reach.

use attest_core::v1;
use tokio::sync::Semaphore;

use super::Limits;
use crate::auth::Authenticator;
use crate::blob::BlobStore;
use crate::execution::Executor;
use crate::host::Host;
use crate::store::Store;

/// The state of the API.
pub(crate) struct App {
    pub(crate) host: Host,
    pub(crate) store: Store,
    pub(crate) blobs: BlobStore,
    pub(crate) authenticator: Authenticator,
    pub(crate) limits: Limits,
    pub(crate) executor: Executor,
    pub(crate) system: v1::System,
    /// A permit for each verification that may be under way.
    pub(crate) verifications: Semaphore,
}

impl App {
    /// As many verifications at once as there are cores.
    pub(crate) fn verifications() -> Semaphore {
        Semaphore::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
    }
}
