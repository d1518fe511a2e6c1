//! Requests and answers as values.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

use super::{Content, Secret};

/// The methods of the API.
///
/// ```
/// use attest_core::client::Method;
///
/// assert_eq!(Method::Patch.as_str(), "PATCH");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or starts.
    Post,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The method's name in a request line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// What a request carries.
///
/// ```
/// use std::sync::Arc;
///
/// use attest_core::client::{Body, Content};
///
/// fn all_of(body: &Body) -> std::io::Result<Vec<u8>> {
///     match body {
///         Body::Bytes(bytes) => Ok(bytes.clone()),
///         Body::Streamed(content) => {
///             let mut bytes = Vec::new();
///             content.write_to(&mut bytes).map(|()| bytes)
///         }
///     }
/// }
/// assert_eq!(all_of(&Body::Streamed(Arc::new(b"tar".to_vec())))?, b"tar");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub enum Body {
    /// Bytes in memory.
    Bytes(Vec<u8>),
    /// What is read while it is sent.
    Streamed(Arc<dyn Content>),
}

impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(formatter, "{} bytes", bytes.len()),
            Self::Streamed(_) => formatter.write_str("streamed"),
        }
    }
}

/// A request to send. `Debug` shows the names of its headers and not what they hold.
///
/// ```
/// use std::time::Duration;
///
/// use attest_core::client::{Action, Call, Event, Machine as _, Method, keys};
///
/// # let config = attest_core::client::ClientConfig::builder().base_url("https://attest.example.com").anonymous();
/// # let config = std::sync::Arc::new(config.build()?);
/// let first = Call::new(config, keys::list()).step(Duration::ZERO, Event::Start);
/// let Action::Send(request) = first else { panic!("nothing to send") };
/// assert_eq!((request.method, request.url.path()), (Method::Get, "/v1/keys"));
/// assert!(request.bearer.is_none(), "for public keys nobody needs a credential");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The address, whole.
    pub url: Url,
    /// For `Authorization: Bearer …`; absent where the request goes to another origin than the configured one.
    pub bearer: Option<Arc<Secret>>,
    /// Further headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Body>,
    /// How many bytes of a successful answer are read at most. A longer one is a failure.
    pub max_response_bytes: usize,
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url.as_str())
            .field("bearer", &self.bearer)
            .field("headers", &names)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// An answer.
///
/// ```
/// use attest_core::client::Response;
///
/// let response = Response {
///     status: 503,
///     headers: vec![("retry-after".to_owned(), "7".to_owned())],
///     body: Vec::new(),
///     received_at: chrono::Utc::now(),
/// };
/// assert!(!response.is_success());
/// assert_eq!(response.header("retry-after"), Some("7"));
/// ```
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; of an answer that is no success, perhaps only its beginning.
    pub body: Vec<u8>,
    /// When it began to come, by the clock of this machine.
    pub received_at: DateTime<Utc>,
}

impl Response {
    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header of that name, given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer.
///
/// ```
/// use std::time::Duration;
///
/// use attest_core::client::{Action, Call, Event, Failure, Machine as _, keys};
/// use attest_core::error::ErrorKind;
///
/// # let config = attest_core::client::ClientConfig::builder().base_url("https://attest.example.com").anonymous();
/// # let config = std::sync::Arc::new(config.build()?);
/// let mut call = Call::new(config, keys::list());
/// let _sent = call.step(Duration::ZERO, Event::Start);
/// let silence = Event::Failed(Failure::Timeout(Duration::from_secs(30)));
/// let Action::Done(Err(error)) = call.step(Duration::from_secs(30), silence) else { panic!("not done") };
/// assert_eq!(error.kind(), ErrorKind::Timeout);
/// assert_eq!(error.message(), "no answer from https://attest.example.com within 30 s");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server was not reached, or the connection broke: what the system says.
    Connection(String),
    /// No answer in time.
    Timeout(Duration),
    /// The answer is longer than the request allows.
    TooLarge(usize),
    /// What was to be sent could not be read: why, and which file.
    Unreadable(String),
    /// The caller cancelled.
    Cancelled,
}
