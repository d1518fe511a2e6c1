//! What comes piece by piece.

use attest_bindings_support as support;
use napi::Env;
use napi_derive::napi;

use crate::cancel::{Cancel, token};
use crate::outcome::{Promised, later};

/// The log of an execution.
#[napi]
pub struct LogStream {
    support: support::LogStream,
}

#[napi]
impl LogStream {
    pub(crate) fn of(support: support::LogStream) -> Self {
        Self { support }
    }

    /// The next line; null at the end.
    #[napi]
    pub fn next<'env>(
        &self,
        env: &'env Env,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, Option<String>> {
        later(env, self.support.next(token(cancel)))
    }
}

/// The changes of an execution.
#[napi]
pub struct EventStream {
    support: support::EventStream,
}

#[napi]
impl EventStream {
    pub(crate) fn of(support: support::EventStream) -> Self {
        Self { support }
    }

    /// The next change; null at the end.
    #[napi]
    pub fn next<'env>(
        &self,
        env: &'env Env,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, Option<String>> {
        later(env, self.support.next(token(cancel)))
    }
}
