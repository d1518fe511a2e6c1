//! A real server, and one caller of it that keeps its connection.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use attest_sdk::{AttestClient, Uploaded};
use attest_tests::Server;
use attest_tests::server::Options;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::Failure;

/// How often the receipt is asked for. It is 404 until the execution is over.
const POLL: Duration = Duration::from_millis(1);

/// A running server and a client of it.
pub(crate) struct Service {
    server: Server,
    key: String,
    client: reqwest::Client,
    runtime: Runtime,
}

impl Service {
    /// Starts `attest serve --source <dir>`.
    pub(crate) fn start(source: &Path, isolation: &'static str) -> Result<Self, Failure> {
        let server = Server::start(Options::default().isolation(isolation).source(source));
        // An error here means that a provider is installed already.
        drop(rustls::crypto::ring::default_provider().install_default());
        Ok(Self {
            key: server.key(),
            server,
            client: reqwest::Client::builder().no_proxy().build()?,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
        })
    }

    /// Creates a pipeline; its id.
    pub(crate) fn create(&self, config: &Value) -> Result<String, Failure> {
        let body = json!({"name": "bench", "config": config});
        let answer = self.runtime.block_on(self.post("/v1/pipelines", &body))?;
        text(&answer, "/id")
    }

    /// Executes a pipeline: the time from the POST to the receipt in hand, and the receipt.
    pub(crate) fn execute(&self, pipeline: &str) -> Result<(Duration, Value), Failure> {
        let path = format!("/v1/pipelines/{pipeline}/executions");
        self.runtime.block_on(async {
            let start = Instant::now();
            let started = self.post(&path, &json!({})).await?;
            let id = text(&started, "/execution_id")?;
            let path = format!("/v1/executions/{id}/receipt");
            loop {
                if let Some(receipt) = self.receipt(&path).await? {
                    return Ok((start.elapsed(), receipt));
                }
                tokio::time::sleep(POLL).await;
            }
        })
    }

    /// Uploads a directory through the SDK: how long it took, and what it came to.
    pub(crate) fn upload(&self, dir: &Path) -> Result<(Duration, Uploaded), Failure> {
        let client = AttestClient::new(&self.key, self.server.url())?;
        self.runtime.block_on(async {
            let start = Instant::now();
            let uploaded = client.sources().upload(dir).await?;
            Ok((start.elapsed(), uploaded))
        })
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        self.server.url()
    }

    /// Its admin key.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// The `attest` command in `dir`, pointed at this server.
    pub(crate) fn attest(&self, dir: &Path, args: &[&str]) -> Command {
        self.server.attest(dir, args)
    }

    async fn receipt(&self, path: &str) -> Result<Option<Value>, Failure> {
        let url = format!("{}{path}", self.server.url());
        let request = self.client.get(url).bearer_auth(&self.key);
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let body: Value = answer.json().await?;
        match status {
            200 => Ok(Some(body)),
            404 if body.pointer("/error/details/reason") == Some(&json!("pending")) => Ok(None),
            _ => Err(format!("{path}: {status} {body}").into()),
        }
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let url = format!("{}{path}", self.server.url());
        let request = self.client.post(url).bearer_auth(&self.key).json(body);
        let answer = request.send().await?;
        let status = answer.status();
        let body: Value = answer.json().await?;
        if status.is_success() {
            return Ok(body);
        }
        Err(format!("{path}: {status} {body}").into())
    }
}

fn text(value: &Value, pointer: &str) -> Result<String, Failure> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    Ok(text
        .ok_or_else(|| format!("no {pointer} in {value}"))?
        .to_owned())
}

/// How many steps of a receipt did not come from the cache.
pub(crate) fn ran(receipt: &Value) -> Result<usize, Failure> {
    let steps = receipt.get("steps").and_then(Value::as_array);
    let steps = steps.ok_or_else(|| format!("no steps in {receipt}"))?;
    let ran = |step: &&Value| step.get("cache_hit") != Some(&Value::Bool(true));
    Ok(steps.iter().filter(ran).count())
}
