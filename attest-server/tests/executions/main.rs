//! Executions for real: steps as processes, their logs, outputs and receipts. Without isolation: what a sandbox keeps
//! out is proved where steps are.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "what uploads need, and no more")]
#[path = "../objects/archives.rs"]
mod archives;
mod attested;
#[path = "../support/clock.rs"]
mod clock;
mod collecting;
mod control;
mod logs;
mod outcomes;
mod recovery;
mod sources;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;

use attest_server::Config;
use attest_server::supervisor::Program;
use support::{TestServer, config};

/// A configuration with workers and this test's own supervisor.
fn working(data: &Path) -> Config {
    Config {
        workers: 4,
        supervisor: Program {
            executable: env!("CARGO_BIN_EXE_attest-supervise").into(),
            arguments: Vec::new(),
        },
        ..config(data)
    }
}

/// A server that works on a source of these files.
struct Workshop {
    server: TestServer,
    source: tempfile::TempDir,
    data: tempfile::TempDir,
}

impl Workshop {
    fn new(files: &[(&str, &str)]) -> Self {
        Self::with(files, |config| config)
    }

    fn with(files: &[(&str, &str)], change: impl FnOnce(Config) -> Config) -> Self {
        let (source, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (path, text) in files {
            let path = source.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let config = Config {
            source: Some(source.path().to_owned()),
            ..working(data.path())
        };
        Self {
            server: TestServer::start(change(config)),
            source,
            data,
        }
    }

    /// Runs these steps to their end; the execution.
    fn run(&self, steps: serde_json::Value) -> serde_json::Value {
        self.run_with(steps, &serde_json::json!({}))
    }

    fn run_with(&self, steps: serde_json::Value, body: &serde_json::Value) -> serde_json::Value {
        let execution = self.server.execute(&self.server.pipeline(steps), body);
        self.server.ended(&execution)
    }
}
