//! What every handler can reach.

use attest_core::v1;

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
}
