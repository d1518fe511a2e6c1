//! The one place where the client meets the network: it runs the machines on reqwest and tokio.

mod download;
#[cfg(feature = "fs")]
mod restore;
mod stream;
#[cfg(feature = "upload")]
mod upload;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;

use super::{
    Action, Body, Call, ClientConfig, Endpoint, Event, Failure, Machine, RateLimit, Request,
    Response, tls,
};
use crate::error::{Error, ErrorKind};

pub use download::Download;
#[cfg(feature = "fs")]
pub use restore::{Downloaded, Fetched};
#[cfg(feature = "upload")]
pub use upload::{Listener, list};

/// How much of an answer that is no success is read: one that names 10,000 objects has 740,000 bytes.
const MAX_ERROR_BODY: usize = 1024 * 1024;

/// Runs machines. Cheap to clone; connections are pooled.
///
/// ```no_run
/// use attest_core::client::{ClientConfig, Driver, Wait, executions};
///
/// # async fn demo() -> Result<(), attest_core::error::Error> {
/// let config = ClientConfig::builder().environment(|name| std::env::var(name).ok()).build()?;
/// let driver = Driver::new(config)?;
/// let execution = driver.call(executions::get("exec_1")?).await?;
/// println!("it is {}", execution.status);
/// // Whatever is a machine runs on it.
/// let mut wait = Wait::new(driver.config().clone(), "exec_1", None, 0);
/// let over = driver.run(&mut wait).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Driver {
    http: reqwest::Client,
    config: Arc<ClientConfig>,
    began: Instant,
    rate_limit: Arc<Mutex<Option<RateLimit>>>,
}

impl Driver {
    /// A driver of that configuration.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a CA bundle or a proxy that cannot be used.
    pub fn new(config: ClientConfig) -> Result<Self, Error> {
        // A server on this machine that speaks plain HTTP is not asked who it is. What it may redirect to is public.
        let plain = config.base_url.is_loopback() && !config.base_url.is_https();
        let tls = tls::configuration(config.ca_bundle.as_deref(), !plain)?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(config.timeouts.connect);
        if config.base_url.is_loopback() {
            // A proxy would carry the key of a server on this machine to another one.
            builder = builder.no_proxy();
        } else if let Some(proxy) = &config.proxy {
            let proxy = reqwest::Proxy::all(proxy.reveal())
                .map_err(|_| Error::new(ErrorKind::Config, "the proxy's URL cannot be read"))?;
            builder = builder.proxy(proxy);
        }
        let http = builder.build().map_err(|error| {
            Error::new(ErrorKind::Config, "the HTTP client cannot be set up").with_source(error)
        })?;
        Ok(Self {
            http,
            config: Arc::new(config),
            began: Instant::now(),
            rate_limit: Arc::default(),
        })
    }

    /// The configuration it runs with.
    #[must_use]
    pub fn config(&self) -> &Arc<ClientConfig> {
        &self.config
    }

    /// How often the server may be asked, as the last answer that spoke of it said; `None` before there was one.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        *self
            .rate_limit
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes one call.
    ///
    /// # Errors
    /// Whatever the call results in.
    pub async fn call<T>(&self, endpoint: Endpoint<T>) -> Result<T, Error> {
        self.run(&mut Call::new(self.config.clone(), endpoint))
            .await
    }

    /// Runs a machine until it has a result. Dropping the future cancels it.
    ///
    /// # Errors
    /// Whatever the machine results in.
    pub async fn run<M: Machine>(&self, machine: &mut M) -> Result<M::Output, Error> {
        let mut event = Event::Start;
        loop {
            event = match machine.step(self.began.elapsed(), event) {
                Action::Send(request) => match self.exchange(*request).await {
                    Ok(response) => Event::Answered(response),
                    Err(failure) => Event::Failed(failure),
                },
                Action::Sleep(pause) => {
                    tokio::time::sleep(pause).await;
                    Event::Woke
                }
                Action::Done(result) => return result,
            };
        }
    }

    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        match &request.body {
            Some(Body::Streamed(content)) => {
                // However long it is: the limit is on the time in which nothing moves.
                let idle = self.config.timeouts.idle;
                let (body, watched) = stream::body(content.clone());
                let answer = watched
                    .limit(idle, self.whole(request, Some(body), idle))
                    .await;
                answer.map_err(|failure| watched.unreadable().map_or(failure, Failure::Unreadable))
            }
            Some(Body::Bytes(_)) | None => {
                let attempt = self.config.timeouts.attempt;
                tokio::time::timeout(attempt, self.whole(request, None, attempt))
                    .await
                    .unwrap_or(Err(Failure::Timeout(attempt)))
            }
        }
    }

    /// The request and its answer to the end; `body` in the place of the request's own.
    async fn whole(
        &self,
        request: Request,
        body: Option<reqwest::Body>,
        timeout: Duration,
    ) -> Result<Response, Failure> {
        let limit = request.max_response_bytes;
        let (mut response, mut answer) = self.send(request, body).await?;
        let success = response.is_success();
        let limit = if success { limit } else { MAX_ERROR_BODY };
        let body = &mut response.body;
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|error| failure(&error, timeout))?
        {
            let room = limit - body.len();
            if chunk.len() > room {
                if success {
                    return Err(Failure::TooLarge(limit));
                }
                body.extend(chunk.iter().take(room));
                break;
            }
            body.extend_from_slice(&chunk);
        }
        Ok(response)
    }

    /// The head of the answer, and its body, still to be read.
    async fn send(
        &self,
        request: Request,
        body: Option<reqwest::Body>,
    ) -> Result<(Response, reqwest::Response), Failure> {
        let method = match request.method {
            super::Method::Get => reqwest::Method::GET,
            super::Method::Post => reqwest::Method::POST,
            super::Method::Patch => reqwest::Method::PATCH,
            super::Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self.http.request(method, request.url);
        if let Some(bearer) = &request.bearer {
            builder = builder.bearer_auth(bearer.reveal());
        }
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        let body = body.or(match request.body {
            Some(Body::Bytes(bytes)) => Some(bytes.into()),
            Some(Body::Streamed(_)) | None => None,
        });
        if let Some(body) = body {
            builder = builder.body(body);
        }
        let answer = builder
            .send()
            .await
            .map_err(|error| failure(&error, self.config.timeouts.connect))?;
        let head = head(&answer);
        if let Some(seen) = RateLimit::of(&head) {
            *self
                .rate_limit
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Some(seen);
        }
        Ok((head, answer))
    }
}

fn head(answer: &reqwest::Response) -> Response {
    let text = |value: &reqwest::header::HeaderValue| {
        String::from_utf8_lossy(value.as_bytes()).into_owned()
    };
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect();
    Response {
        status: answer.status().as_u16(),
        headers,
        body: Vec::new(),
        received_at: Utc::now(),
    }
}

/// The innermost cause says most: `connection refused`, not `error sending request`.
fn failure(error: &reqwest::Error, limit: Duration) -> Failure {
    if error.is_timeout() {
        return Failure::Timeout(limit);
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(beneath) = cause.source() {
        cause = beneath;
    }
    Failure::Connection(cause.to_string())
}
