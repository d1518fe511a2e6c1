//! A server with a source directory that tests change between runs, and what a run came to.
#![allow(unreachable_pub)] // as in any test program

use std::path::{Path, PathBuf};

use attest_server::Config;
use attest_server::supervisor::Program;
use serde_json::{Value, json};

use crate::support::{TestServer, config, until};

/// A configuration with workers, a source and this test's own supervisor.
pub fn working(source: &Path, data: &Path) -> Config {
    Config {
        workers: 4,
        source: Some(source.to_owned()),
        supervisor: Program {
            executable: env!("CARGO_BIN_EXE_attest-supervise").into(),
            arguments: Vec::new(),
        },
        ..config(data)
    }
}

/// A server, its source and its data.
pub struct Shop {
    server: Option<TestServer>,
    pub source: tempfile::TempDir,
    pub data: tempfile::TempDir,
}

/// A finished execution.
pub struct Run {
    pub execution: Value,
    pub receipt: Value,
}

impl Shop {
    pub fn new(files: &[(&str, &str)]) -> Self {
        Self::with(files, |config| config)
    }

    pub fn with(files: &[(&str, &str)], change: impl FnOnce(Config) -> Config) -> Self {
        let (source, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut shop = Self {
            server: None,
            source,
            data,
        };
        for (path, text) in files {
            shop.write(path, text);
        }
        shop.restart(change);
        shop
    }

    /// Stops the server, if one runs, and starts one with another configuration on the same data.
    pub fn restart(&mut self, change: impl FnOnce(Config) -> Config) {
        self.stop();
        let config = change(working(self.source.path(), self.data.path()));
        self.server = Some(TestServer::start(config));
    }

    /// Stops the server and waits until it has let go of the data directory: on a busy disk that takes a while.
    pub fn stop(&mut self) {
        if self.server.take().is_some() {
            let lock = std::fs::File::open(self.data.path().join("lock")).unwrap();
            until("the server to be gone", || lock.try_lock().ok());
        }
    }

    pub fn server(&self) -> &TestServer {
        self.server.as_ref().unwrap()
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.source.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Runs these steps to their end.
    pub fn run(&self, steps: &Value) -> Run {
        self.run_with(steps, &json!({}))
    }

    pub fn run_with(&self, steps: &Value, request: &Value) -> Run {
        self.run_config("p", &json!({"version": "1", "steps": steps}), request)
    }

    pub fn run_config(&self, name: &str, config: &Value, request: &Value) -> Run {
        let made = self
            .server()
            .post("/v1/pipelines", &json!({"name": name, "config": config}));
        self.execute(made["id"].as_str().unwrap(), request)
    }

    pub fn execute(&self, pipeline: &str, request: &Value) -> Run {
        self.finished(&self.server().execute(pipeline, request))
    }

    /// Waits for the end of an execution.
    pub fn finished(&self, id: &str) -> Run {
        let execution = self.server().ended(id);
        let answer = self
            .server()
            .call("GET", &format!("/v1/executions/{id}/receipt"), None);
        Run {
            execution,
            receipt: if answer.status == 200 {
                answer.json()["receipt"].clone()
            } else {
                Value::Null
            },
        }
    }

    /// Every log line of a step: stream and text.
    pub fn log(&self, run: &Run, step: &str) -> Vec<(String, String)> {
        let logs = self.server().get(&format!(
            "/v1/executions/{}/logs?tail=10000&step={step}",
            run.id()
        ));
        let lines = logs["logs"].as_array().unwrap().iter();
        let text = |line: &Value, field: &str| line[field].as_str().unwrap_or_default().to_owned();
        lines
            .map(|line| (text(line, "stream"), text(line, "message")))
            .collect()
    }

    /// The server's own database, beside the server.
    pub fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.data.path().join("database.sqlite")).unwrap()
    }

    /// Where the store has the blob of this digest.
    pub fn blob(&self, digest: &str) -> PathBuf {
        let hex = digest.trim_start_matches("blake3:");
        self.data
            .path()
            .join("blobs")
            .join(&hex[..2])
            .join(&hex[2..4])
            .join(hex)
    }

    /// What a step left at a path.
    pub fn artifact(&self, run: &Run, path: &str) -> String {
        let answer = self.server().call(
            "GET",
            &format!("/v1/executions/{}/artifacts/{path}", run.id()),
            None,
        );
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.text()
    }
}

impl Run {
    pub fn id(&self) -> &str {
        self.execution["id"].as_str().unwrap()
    }

    pub fn status(&self) -> &str {
        self.execution["status"].as_str().unwrap()
    }

    /// The steps that were served from the cache; the execution and its receipt must agree on them.
    pub fn hits(&self) -> Vec<&str> {
        let of = |steps: &'_ Value| -> Vec<String> {
            let mut names: Vec<String> = steps
                .as_array()
                .unwrap()
                .iter()
                .filter(|step| step["cache_hit"] == true)
                .map(|step| step["name"].as_str().unwrap().to_owned())
                .collect();
            names.sort();
            names
        };
        if !self.receipt.is_null() {
            assert_eq!(of(&self.execution["steps"]), of(&self.receipt["steps"]));
        }
        let steps = self.execution["steps"].as_array().unwrap();
        let mut hits: Vec<&str> = steps
            .iter()
            .filter(|step| step["cache_hit"] == true)
            .map(|step| step["name"].as_str().unwrap())
            .collect();
        hits.sort_unstable();
        hits
    }

    /// A step as the receipt has it.
    pub fn attested(&self, step: &str) -> &Value {
        let steps = self.receipt["steps"].as_array().unwrap();
        steps.iter().find(|found| found["name"] == step).unwrap()
    }
}
