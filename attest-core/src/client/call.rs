//! One call: one request, perhaps redirected, and its answer. It retries nothing.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::{Action, ClientConfig, Endpoint, Event, Failure, Machine, Method, Request, Response};
use crate::error::{Error, ErrorKind};

/// How many redirects are followed.
const MAX_REDIRECTS: u32 = 5;

/// The machine of one call.
///
/// ```
/// use std::time::Duration;
///
/// use attest_core::client::{Action, Call, Event, Machine as _, executions};
///
/// # let config = attest_core::client::ClientConfig::builder().base_url("https://attest.example.com").anonymous();
/// # let config = std::sync::Arc::new(config.build()?);
/// # let answer = |body: &str| attest_core::client::Response { status: 200, headers: vec![], body: body.into(), received_at: chrono::Utc::now() };
/// let mut call = Call::new(config, executions::get("exec_1")?);
/// let Action::Send(request) = call.step(Duration::ZERO, Event::Start) else { panic!("nothing to send") };
/// assert_eq!(request.url.as_str(), "https://attest.example.com/v1/executions/exec_1");
/// // Whatever sends it tells what came of it.
/// let answered = Event::Answered(answer(r#"{"id": "exec_1", "status": "running"}"#));
/// let Action::Done(result) = call.step(Duration::from_millis(40), answered) else { panic!("not done") };
/// assert!(!result?.status.is_terminal());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Call<T> {
    endpoint: Endpoint<T>,
    config: Arc<ClientConfig>,
    current: Option<Request>,
    redirects: u32,
    sent: u32,
}

impl<T> Call<T> {
    /// A call of that endpoint.
    #[must_use]
    pub fn new(config: Arc<ClientConfig>, endpoint: Endpoint<T>) -> Self {
        Self {
            endpoint,
            config,
            current: None,
            redirects: 0,
            sent: 0,
        }
    }

    fn send(&mut self, request: Request) -> Action<T> {
        self.sent += 1;
        self.current = Some(request.clone());
        Action::Send(Box::new(request))
    }

    fn answered(&mut self, response: &Response) -> Action<T> {
        if self.endpoint.takes(response) {
            return Action::Done(
                self.endpoint
                    .read(response)
                    .map_err(|error| error.with_attempts(self.sent)),
            );
        }
        if matches!(response.status, 301 | 302 | 303 | 307 | 308)
            && response.header("location").is_some()
        {
            return match self.redirected(response) {
                Ok(request) => self.send(request),
                Err(error) => Action::Done(Err(error.with_attempts(self.sent))),
            };
        }
        Action::Done(Err(Error::from_response(response).with_attempts(self.sent)))
    }

    /// The request that a redirect asks for: within the origin as it was, to another origin without the credential and
    /// only where it reads, never from https to http.
    fn redirected(&mut self, response: &Response) -> Result<Request, Error> {
        let refuse = |why: String| Err(Error::new(ErrorKind::of_status(response.status), why));
        let location = response.header("location").unwrap_or_default();
        let Some(from) = &self.current else {
            return refuse("an answer came before a request was sent".to_owned());
        };
        let Ok(to) = from.url.join(location) else {
            return refuse("the server redirects to an address that cannot be read".to_owned());
        };
        self.redirects += 1;
        if self.redirects > MAX_REDIRECTS {
            return refuse(format!(
                "the server redirects more than {MAX_REDIRECTS} times: check the base URL"
            ));
        }
        let same_origin = from.url.origin() == to.origin();
        let place = origin_of(&to);
        if !matches!(to.scheme(), "http" | "https")
            || (from.url.scheme() == "https" && to.scheme() == "http")
        {
            return refuse(format!(
                "the server redirects to {place}, which is not https: not followed"
            ));
        }
        if from.method != Method::Get && !(same_origin && matches!(response.status, 307 | 308)) {
            return refuse(format!(
                "the server redirects a {} to {place}: not followed; if it has moved, set the base URL to where it is now",
                from.method.as_str()
            ));
        }
        let mut request = from.clone();
        request.url = to;
        if !same_origin {
            request.bearer = None;
            request
                .headers
                .retain(|(name, _)| matches!(name.as_str(), "accept" | "user-agent"));
        }
        Ok(request)
    }

    fn failed(&self, failure: Failure) -> Error {
        let place = self
            .current
            .as_ref()
            .map_or_else(String::new, |request| origin_of(&request.url));
        let error = match failure {
            Failure::Connection(why) => Error::new(
                ErrorKind::Connection,
                format!("cannot reach the server at {place}: {why}"),
            ),
            Failure::Timeout(limit) => Error::new(
                ErrorKind::Timeout,
                format!("no answer from {place} within {} s", limit.as_secs_f64()),
            ),
            Failure::TooLarge(limit) => Error::new(
                ErrorKind::Decode,
                format!("the answer of {place} is longer than {limit} bytes"),
            ),
            Failure::Unreadable(why) => Error::new(ErrorKind::Io, why),
            Failure::Cancelled => Error::new(ErrorKind::Cancelled, "the call was cancelled"),
        };
        error.with_attempts(self.sent)
    }
}

fn origin_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}

impl<T> Machine for Call<T> {
    type Output = T;

    fn step(&mut self, _now: Duration, event: Event) -> Action<T> {
        match event {
            Event::Start | Event::Woke => match self.endpoint.request(&self.config) {
                Ok(request) => self.send(request),
                Err(error) => Action::Done(Err(error)),
            },
            Event::Answered(response) => self.answered(&response),
            Event::Failed(failure) => Action::Done(Err(self.failed(failure))),
        }
    }
}
