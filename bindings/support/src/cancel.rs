//! Cancelling: a token that is handed to a call, and that anybody may pull.

use attest_sdk::{Error, ErrorKind};
use tokio_util::sync::CancellationToken;

use crate::hooks::Counted;

/// A token that calls a call off. Clones are the same token; it can be pulled from any thread, and more than once.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    token: CancellationToken,
    _counted: Counted,
}

impl Cancel {
    /// A token that nobody has pulled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls off what holds the token, now and later.
    pub fn cancel(&self) {
        self.token.cancel();
    }

    /// Whether somebody has.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.token.is_cancelled()
    }

    pub(crate) async fn cancelled(&self) -> Error {
        self.token.cancelled().await;
        called_off()
    }
}

/// What a call that was cancelled gives.
pub(crate) fn called_off() -> Error {
    Error::new(ErrorKind::Cancelled, "the call was cancelled by its caller")
}

/// The error of a cancellation, or for ever where there is no token.
pub(crate) async fn cancelled(cancel: Option<&Cancel>) -> Error {
    match cancel {
        Some(cancel) => cancel.cancelled().await,
        None => std::future::pending().await,
    }
}
