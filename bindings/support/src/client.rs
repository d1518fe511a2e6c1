//! One client of a server, as the bindings hold it.

mod calls;
mod options;

use std::sync::Arc;

use attest_sdk::{AttestClient, Error, ErrorKind};
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::cancel::cancelled;
use crate::hooks::Counted;
use crate::{Cancel, guard};

/// A call that is to be awaited, by [`runtime::block_on`](crate::runtime::block_on) or by the language's own runtime.
/// Dropping it calls it off.
pub type Pending<T> = BoxFuture<'static, Result<T, Error>>;

/// A client. Clones share its connections, and are closed together.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
    _counted: Counted,
}

#[derive(Debug)]
struct Shared {
    sdk: AttestClient,
    closed: CancellationToken,
    process: u32,
}

impl Client {
    /// A client of these options, a JSON object; what is absent comes from `ATTEST_BASE_URL`, `ATTEST_API_KEY` and
    /// `ATTEST_TOKEN`. `binding`, such as `attest-python/0.1.0`, goes into `User-Agent`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`], naming the option that is missing, unknown or out of range.
    pub fn new(options: &[u8], binding: &str) -> Result<Self, Error> {
        let sdk = AttestClient::from_config(options::read(options, binding)?)?;
        Ok(Self {
            shared: Arc::new(Shared {
                sdk,
                closed: CancellationToken::new(),
                process: std::process::id(),
            }),
            _counted: Counted::default(),
        })
    }

    /// Ends every call that is under way, and refuses all later ones. Harmless where it was closed already.
    pub fn close(&self) {
        self.shared.closed.cancel();
    }

    /// Whether it was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.closed.is_cancelled()
    }

    /// Runs a call until it is done, cancelled, or the client closed.
    pub(crate) fn calling<T: Send + 'static>(
        &self,
        cancel: Option<Cancel>,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Pending<T> {
        let shared = self.shared.clone();
        Box::pin(guard::future(async move {
            if shared.process != std::process::id() {
                return Err(Error::new(
                    ErrorKind::Closed,
                    "this client was made before a fork: make a new one in this process",
                ));
            }
            tokio::select! {
                biased;
                () = shared.closed.cancelled() => Err(closed()),
                error = cancelled(cancel.as_ref()) => Err(error),
                result = work => result,
            }
        }))
    }

    fn sdk(&self) -> AttestClient {
        self.shared.sdk.clone()
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the client is closed: make a new one")
}
