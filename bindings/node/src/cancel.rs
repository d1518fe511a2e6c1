//! What an `AbortSignal` pulls.

use attest_bindings_support as support;
use napi_derive::napi;

/// A token that calls one call off.
#[napi]
#[derive(Default)]
pub struct Cancel {
    token: support::Cancel,
}

#[napi]
impl Cancel {
    /// A token that nobody has pulled.
    #[napi(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls off what holds it.
    #[napi]
    pub fn cancel(&self) {
        self.token.cancel();
    }
}

pub(crate) fn token(cancel: Option<&Cancel>) -> Option<support::Cancel> {
    cancel.map(|cancel| cancel.token.clone())
}
