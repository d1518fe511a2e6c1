//! Plain HTTP requests to the server, independent of the SDK under test.

use std::sync::Once;

use serde_json::Value;

/// A caller of the v1 API: a base URL and, where given, a key.
#[derive(Debug, Clone)]
pub struct Api {
    url: String,
    key: Option<String>,
}

/// A response, read whole.
#[derive(Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Response {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Checks the status and returns the body as JSON.
    #[track_caller]
    pub fn json(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.text()))
    }
}

impl Api {
    /// A caller with a key.
    pub fn new(url: &str, key: &str) -> Self {
        Self {
            url: url.to_owned(),
            key: Some(key.to_owned()),
        }
    }

    /// The same server, without a credential.
    pub fn anonymous(&self) -> Self {
        Self {
            url: self.url.clone(),
            key: None,
        }
    }

    /// `GET path`.
    pub fn get(&self, path: &str) -> Response {
        self.send("GET", path, None)
    }

    /// `POST path` with a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Response {
        self.send("POST", path, Some(body))
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        let url = format!("{}{path}", self.url);
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let mut request = client().request(method, &url);
            if let Some(key) = &self.key {
                request = request.bearer_auth(key);
            }
            if let Some(body) = body {
                request = request.json(body);
            }
            let response = request
                .send()
                .await
                .unwrap_or_else(|error| panic!("{url}: {error}"));
            let status = response.status().as_u16();
            let body = response
                .bytes()
                .await
                .unwrap_or_else(|error| panic!("{url}: {error}"));
            Response {
                status,
                body: body.to_vec(),
            }
        })
    }
}

fn client() -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    // reqwest is built without a default provider; the tests speak plain HTTP, but building a client asks for one.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("an HTTP client")
}
