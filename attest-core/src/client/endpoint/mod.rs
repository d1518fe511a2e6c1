//! The endpoints of the API as values: what to ask, and how to read the answer.

pub mod artifacts;
pub mod cache;
pub mod executions;
pub mod keys;
pub mod objects;
pub mod pipelines;
pub mod receipts;
pub mod sources;
pub mod system;

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Body, ClientConfig, Content, Method, Request, Response};
use crate::error::{Error, ErrorKind, excerpt};

/// How long an answer may be: a receipt of 16 MiB and what is around it.
const MAX_ANSWER: usize = 20 * 1024 * 1024;

/// Not Modified.
const UNCHANGED: u16 = 304;

/// One call, ready to be made with any configuration.
///
/// ```
/// use attest_core::client::{Endpoint, executions};
/// use attest_core::v1::Execution;
///
/// let endpoint: Endpoint<Execution> = executions::cancel("exec_1")?;
/// // An id is one part of a path, whatever is in it.
/// assert!(executions::cancel("").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Endpoint<T> {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Body>,
    /// Of the body.
    content: Vec<(&'static str, &'static str)>,
    max_answer: usize,
    accept: &'static str,
    public: bool,
    decode: fn(&Response) -> Result<T, Error>,
    /// Which one is asked for, where it is one.
    one: Option<(String, Named<T>)>,
    /// Headers that make it conditional, and whether the answer may then be 304.
    conditions: Vec<(&'static str, String)>,
    may_be_unchanged: bool,
}

/// Where an answer says which one it is; nothing, where it holds none.
type Named<T> = fn(&T) -> Option<&str>;

impl<T: DeserializeOwned> Endpoint<T> {
    fn json(method: Method, path: String) -> Self {
        Self::new(method, path, "application/json", decode_json)
    }
}

impl<T> Endpoint<T> {
    fn new(
        method: Method,
        path: String,
        accept: &'static str,
        decode: fn(&Response) -> Result<T, Error>,
    ) -> Self {
        Self {
            method,
            path,
            query: Vec::new(),
            body: None,
            content: Vec::new(),
            max_answer: MAX_ANSWER,
            accept,
            public: false,
            decode,
            one: None,
            conditions: Vec::new(),
            may_be_unchanged: false,
        }
    }

    /// Held back by a server that can, for that many seconds at most: until there is something to tell.
    fn waiting(mut self, seconds: Option<u64>) -> Self {
        if let Some(seconds) = seconds {
            self.conditions.push(("prefer", format!("wait={seconds}")));
        }
        self
    }

    /// Not sent again where it is as it was under that tag.
    fn unless(mut self, tag: Option<&str>) -> Self {
        if let Some(tag) = tag {
            self.conditions.push(("if-none-match", tag.to_owned()));
            self.may_be_unchanged = true;
        }
        self
    }

    /// Whether an answer of that status is what was asked for.
    pub(super) fn takes(&self, response: &Response) -> bool {
        response.is_success() || (self.may_be_unchanged && response.status == UNCHANGED)
    }

    /// Of one thing by its id: an answer about another is an error, so that nobody can put one in the place of the other.
    fn one(mut self, id: &str, of: Named<T>) -> Self {
        self.one = Some((id.to_owned(), of));
        self
    }

    pub(super) fn read(&self, response: &Response) -> Result<T, Error> {
        let answer = (self.decode)(response)?;
        if let Some((asked, of)) = &self.one
            && let Some(found) = of(&answer)
            && found != asked
        {
            return Err(Error::new(
                ErrorKind::Decode,
                format!(
                    "asked for `{asked}`, the server answered about `{found}`: nothing of it is used"
                ),
            ));
        }
        Ok(answer)
    }

    fn with(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.query.push((name, value.to_string()));
        }
        self
    }

    fn body(mut self, body: &impl Serialize) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(body).map_err(|error| {
            Error::new(ErrorKind::Internal, "the request cannot be written as JSON")
                .with_source(error)
        })?;
        self.body = Some(Body::Bytes(bytes));
        self.content = vec![("content-type", "application/json")];
        Ok(self)
    }

    /// A body that is read while it is sent.
    fn streamed(
        mut self,
        body: Arc<dyn Content>,
        content: Vec<(&'static str, &'static str)>,
    ) -> Self {
        self.body = Some(Body::Streamed(body));
        self.content = content;
        self
    }

    /// For what may take a server long, or is long to send: the limit is on silence, not on the whole.
    fn patient(mut self) -> Self {
        if let Some(Body::Bytes(bytes)) = self.body.take() {
            self.body = Some(Body::Streamed(Arc::new(bytes)));
        }
        self
    }

    /// With another limit on the answer, in bytes.
    fn up_to(mut self, max_answer: usize) -> Self {
        self.max_answer = max_answer;
        self
    }

    /// An endpoint that everybody may call: the credential stays at home.
    fn public(mut self) -> Self {
        self.public = true;
        self
    }

    pub(super) fn request(&self, config: &ClientConfig) -> Result<Request, Error> {
        let mut url = config.base_url.join(&self.path)?;
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        let mut headers = config.headers.clone();
        headers.push(("accept".to_owned(), self.accept.to_owned()));
        headers.push(("user-agent".to_owned(), config.user_agent.clone()));
        for (name, value) in &self.content {
            headers.push(((*name).to_owned(), (*value).to_owned()));
        }
        for (name, value) in &self.conditions {
            headers.push(((*name).to_owned(), value.clone()));
        }
        Ok(Request {
            method: self.method,
            url,
            bearer: if self.public {
                None
            } else {
                config.bearer.clone()
            },
            headers,
            body: self.body.clone(),
            max_response_bytes: self.max_answer,
        })
    }
}

/// Which part of a list is wanted.
///
/// ```
/// use attest_core::client::{Page, pipelines};
///
/// let mut page = Page { limit: Some(100), ..Page::default() };
/// let first = pipelines::list(&page, None, None);
/// // With what its answer calls `next_cursor`:
/// page.cursor = Some("c100".to_owned());
/// let second = pipelines::list(&page, None, None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// How many, 1 to 100; 20 by default.
    pub limit: Option<u32>,
    /// How many to pass over.
    pub offset: Option<u64>,
    /// `field:asc` or `field:desc`.
    pub sort: Option<String>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl<T> Endpoint<T> {
    fn page(self, page: &Page) -> Self {
        self.with("limit", page.limit)
            .with("offset", page.offset)
            .with("sort", page.sort.as_deref())
            .with("cursor", page.cursor.as_deref())
    }
}

fn decode_json<T: DeserializeOwned>(response: &Response) -> Result<T, Error> {
    serde_json::from_slice(&response.body).map_err(|error| {
        Error::new(
            ErrorKind::Decode,
            format!(
                "the answer is not what this API says ({error}), is the base URL right? It begins: {}",
                excerpt(&response.body)
            ),
        )
    })
}

fn decode_text(response: &Response) -> Result<String, Error> {
    String::from_utf8(response.body.clone()).map_err(|_| {
        Error::new(
            ErrorKind::Decode,
            "the answer is no UTF-8 text, is the base URL right?",
        )
    })
}

fn decode_nothing(_response: &Response) -> Result<(), Error> {
    Ok(())
}
