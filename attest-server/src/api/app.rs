//! What every handler can reach.

use std::sync::Arc;

use attest_core::v1;
use tokio::sync::{RwLock, Semaphore, watch};

use super::Limits;
use crate::auth::Authenticator;
use crate::blob::BlobStore;
use crate::execution::{Executor, LastAsked};
use crate::gc::Collector;
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
    pub(crate) collector: Collector,
    pub(crate) artifacts: LastAsked,
    /// Held by whoever accepts an execution, from looking at its source until its row is there; alone by whoever removes
    /// blobs by name.
    pub(crate) admission: RwLock<()>,
    pub(crate) system: v1::System,
    /// A permit for each verification that may be under way.
    pub(crate) verifications: Semaphore,
    /// A permit for each upload of objects that may be under way.
    pub(crate) uploads: Arc<Semaphore>,
    /// A permit for each description of a source that may be held in memory.
    pub(crate) sources: Arc<Semaphore>,
    /// A permit for each answer that is held back until there is something to tell.
    pub(crate) waits: Semaphore,
    /// Set once the server is to stop: nobody waits any more.
    pub(crate) stopping: watch::Sender<bool>,
}

/// Each holds a blocking thread, of which the runtime has 512 for everything, and 8 MiB where it is compressed.
const UPLOADS: usize = 32;
/// Each takes up to ten times the size of its body, which is up to 64 MiB.
const SOURCES: usize = 2;
/// Each holds a connection and some kilobytes. Whoever comes beyond it is answered at once, and asks again.
const WAITS: usize = 4096;

impl App {
    /// As many verifications at once as there are cores.
    pub(crate) fn verifications() -> Semaphore {
        Semaphore::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
    }

    pub(crate) fn uploads() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(UPLOADS))
    }

    pub(crate) fn sources() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(SOURCES))
    }

    pub(crate) fn waits() -> Semaphore {
        Semaphore::new(WAITS)
    }
}
