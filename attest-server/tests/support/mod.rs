//! A server in this process, and a client that sends exactly the bytes it is told to.
#![allow(dead_code, unreachable_pub)] // each test program uses its own part

use std::future::Future;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use attest_server::{Config, IsolationMode, Server};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(180);

pub struct TestServer {
    pub address: SocketAddr,
    pub key: String,
    stop: Option<oneshot::Sender<()>>,
    runtime: Option<Runtime>,
}

/// A configuration on a data directory: a free port, no isolation, no workers.
pub fn config(data: &Path) -> Config {
    Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        isolation: IsolationMode::None,
        workers: 0,
        ..Config::new(data)
    }
}

impl TestServer {
    pub fn start(config: Config) -> Self {
        let data = config.data_dir.clone();
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(Server::start(config)).unwrap();
        let address = server.address();
        let key = std::fs::read_to_string(data.join("admin-key"))
            .unwrap()
            .trim()
            .to_owned();
        let (stop, stopped) = oneshot::channel::<()>();
        runtime.spawn(server.run(async move { drop(stopped.await) }));
        Self {
            address,
            key,
            stop: Some(stop),
            runtime: Some(runtime),
        }
    }

    /// The server of another process on this data directory, once it listens.
    pub fn elsewhere(data: &Path) -> Option<Self> {
        let url = std::fs::read_to_string(data.join("address")).ok()?;
        let address = url.trim().strip_prefix("http://")?.parse().ok()?;
        let key = std::fs::read_to_string(data.join("admin-key")).ok()?;
        Some(Self {
            address,
            key: key.trim().to_owned(),
            stop: None,
            runtime: None,
        })
    }

    pub fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.call_with(method, path, &[], body)
    }

    pub fn call_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let body = body.map(Value::to_string).unwrap_or_default();
        self.send(method, path, headers, body.as_bytes())
    }

    /// With the administrator's key and, where there is a body, a content type; `headers` win.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let authorization = format!("Bearer {}", self.key);
        let mut all = vec![("Authorization", authorization.as_str())];
        if !body.is_empty() {
            all.push(("Content-Type", "application/json"));
        }
        all.retain(|(name, _)| {
            !headers
                .iter()
                .any(|(given, _)| given.eq_ignore_ascii_case(name))
        });
        all.extend(headers.iter().filter(|(_, value)| !value.is_empty()));
        raw(self.address, method, path, &all, body)
    }

    pub fn get(&self, path: &str) -> Value {
        let answer = self.call("GET", path, None);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    pub fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.call("POST", path, Some(body));
        assert!(answer.status < 300, "{path}: {}", answer.text());
        answer.json()
    }

    /// A pipeline of these steps; its id.
    pub fn pipeline(&self, steps: Value) -> String {
        let made = self.post("/v1/pipelines", &pipeline("p", steps));
        made["id"].as_str().unwrap().to_owned()
    }

    /// Starts an execution; its id.
    pub fn execute(&self, pipeline: &str, body: &Value) -> String {
        let started = self.post(&format!("/v1/pipelines/{pipeline}/executions"), body);
        started["execution_id"].as_str().unwrap().to_owned()
    }

    /// Waits until the execution has ended.
    pub fn ended(&self, execution: &str) -> Value {
        until("the execution to end", || {
            let seen = self.get(&format!("/v1/executions/{execution}"));
            (!["queued", "running"].contains(&seen["status"].as_str().unwrap())).then_some(seen)
        })
    }

    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.as_ref().unwrap().block_on(future)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}

pub fn pipeline(name: &str, steps: Value) -> Value {
    json!({"name": name, "config": {"version": "1", "steps": steps}})
}

pub fn one_step() -> Value {
    json!([{"name": "build", "run": "true"}])
}

/// Tries until there is something.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::yield_now();
    }
}

pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The error of the envelope, which must be of this status and code.
    pub fn error(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        let error = self.json()["error"].clone();
        assert_eq!(error["code"], code, "{error}");
        assert!(!error["message"].as_str().unwrap().is_empty());
        assert_eq!(error["request_id"].as_str(), self.header("x-request-id"));
        error
    }
}

/// One request on a connection of its own.
pub fn raw(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || method != "GET" {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    // A server may answer 413 and close before it has read everything.
    let _refused = stream.write_all(body);
    let mut bytes = Vec::new();
    let _reset_after_the_answer = stream.read_to_end(&mut bytes);
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Answer {
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a response head");
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.lines();
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .collect();
    let chunked = headers
        .iter()
        .any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = if chunked {
        dechunk(&bytes[end + 4..])
    } else {
        bytes[end + 4..].to_vec()
    };
    Answer {
        status,
        headers,
        body,
    }
}

fn dechunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = bytes.windows(2).position(|two| two == b"\r\n").unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return whole;
        }
        whole.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 4 + size..];
    }
}
