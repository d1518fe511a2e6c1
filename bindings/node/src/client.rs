//! A client and its calls.

use std::time::Duration;

use attest_bindings_support::{self as support, Error, ErrorKind, guard};
use futures::FutureExt as _;
use napi::Env;
use napi_derive::napi;

use crate::cancel::{Cancel, token};
use crate::outcome::{Outcome, Promised, later, now};
use crate::receipt::Receipt;
use crate::stream::{EventStream, LogStream};

/// What `User-Agent` says of this binding.
const BINDING: &str = concat!("attest-node/", env!("CARGO_PKG_VERSION"));

/// A client of one server.
#[napi]
pub struct Client {
    support: support::Client,
}

#[napi]
impl Client {
    /// A client of these options, a JSON object.
    #[napi]
    pub fn open(options: String) -> Outcome<Client> {
        now(|| {
            let support = support::Client::new(options.as_bytes(), BINDING)?;
            Ok(Self { support })
        })
    }

    /// Ends what is under way and refuses all that follows.
    #[napi]
    pub fn close(&self) {
        self.support.close();
    }

    /// Body to pipeline.
    #[napi]
    pub fn create_pipeline<'env>(
        &self,
        env: &'env Env,
        body: String,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, String> {
        let call = self.support.create_pipeline(body.as_bytes(), token(cancel));
        later(env, call)
    }

    /// Id to pipeline.
    #[napi]
    pub fn get_pipeline<'env>(
        &self,
        env: &'env Env,
        id: String,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, String> {
        later(env, self.support.get_pipeline(&id, token(cancel)))
    }

    /// Query to one page.
    #[napi]
    pub fn list_pipelines<'env>(
        &self,
        env: &'env Env,
        query: String,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, String> {
        let call = self.support.list_pipelines(query.as_bytes(), token(cancel));
        later(env, call)
    }

    /// Id and body to execution.
    #[napi]
    pub fn execute_pipeline<'env>(
        &self,
        env: &'env Env,
        id: String,
        body: String,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, String> {
        let call = self
            .support
            .execute_pipeline(&id, body.as_bytes(), token(cancel));
        later(env, call)
    }

    /// Bodies to outcomes, in their order.
    #[napi]
    pub fn bulk_execute<'env>(
        &self,
        env: &'env Env,
        body: String,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, String> {
        let call = self.support.bulk_execute(body.as_bytes(), token(cancel));
        later(env, call)
    }

    /// Id to execution.
    #[napi]
    pub fn get_execution<'env>(
        &self,
        env: &'env Env,
        id: String,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, String> {
        later(env, self.support.get_execution(&id, token(cancel)))
    }

    /// Ends an execution.
    #[napi]
    pub fn cancel_execution<'env>(
        &self,
        env: &'env Env,
        id: String,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, String> {
        later(env, self.support.cancel_execution(&id, token(cancel)))
    }

    /// Id to execution, once it is over. Milliseconds.
    #[napi]
    pub fn wait_for_completion<'env>(
        &self,
        env: &'env Env,
        id: String,
        timeout_ms: Option<f64>,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, String> {
        let client = self.support.clone();
        let token = token(cancel);
        let call = async move {
            let timeout = timeout_ms.map(duration).transpose()?;
            client.wait_for_completion(&id, timeout, token).await
        };
        later(env, call.boxed())
    }

    /// Execution's id to its receipt.
    #[napi]
    pub fn get_receipt<'env>(
        &self,
        env: &'env Env,
        id: String,
        allow_failed: bool,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, Receipt> {
        let call = self.support.get_receipt(&id, allow_failed, token(cancel));
        later(
            env,
            guard::future(call.map(|got| got.map(Receipt::of))).boxed(),
        )
    }

    /// Execution's id and filter to its log.
    #[napi]
    pub fn stream_logs(&self, id: String, filter: String) -> Outcome<LogStream> {
        now(|| {
            let lines = self.support.stream_logs(&id, filter.as_bytes())?;
            Ok(LogStream::of(lines))
        })
    }

    /// Execution's id, and the status its caller knows, to its changes.
    #[napi]
    pub fn stream_events(&self, id: String, known_status: Option<String>) -> Outcome<EventStream> {
        now(|| {
            let events = self.support.stream_events(&id, known_status.as_deref());
            Ok(EventStream::of(events))
        })
    }

    /// The cache's figures.
    #[napi]
    pub fn cache_stats<'env>(
        &self,
        env: &'env Env,
        cancel: Option<&Cancel>,
    ) -> Promised<'env, String> {
        later(env, self.support.cache_stats(token(cancel)))
    }
}

fn duration(ms: f64) -> Result<Duration, Error> {
    Duration::try_from_secs_f64(ms / 1000.0).map_err(|_| {
        let why =
            format!("the timeout of {ms} ms is out of range: give 0 or more, or leave it out");
        Error::new(ErrorKind::ValidationError, why)
    })
}
