//! A real `attest serve` process on a port of its own, killed when the test ends.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use crate::command::{Finished, clean_environment, finish};
use crate::{Api, binary, process, require, wait};

/// What a server is started with.
#[derive(Debug)]
pub struct Options {
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    isolation: &'static str,
}

impl Default for Options {
    fn default() -> Self {
        let isolation = if require::bubblewrap_works() {
            "bubblewrap"
        } else {
            "none"
        };
        Self {
            args: Vec::new(),
            env: Vec::new(),
            isolation,
        }
    }
}

impl Options {
    /// Runs steps on this directory.
    pub fn source(self, dir: impl AsRef<Path>) -> Self {
        self.arg("--source").arg(dir.as_ref())
    }

    /// One more argument of `attest serve`.
    pub fn arg(mut self, arg: impl AsRef<std::ffi::OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// One more variable of the server's own environment.
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// `bubblewrap` or `none`; by default bubblewrap where it works.
    pub fn isolation(mut self, mode: &'static str) -> Self {
        self.isolation = mode;
        self
    }

    /// The command line of a server on `data_dir`.
    pub fn command(&self, data_dir: &Path) -> Command {
        let mut command = Command::new(binary::attest());
        clean_environment(&mut command);
        command
            .arg("serve")
            .arg("--data-dir")
            .arg(data_dir)
            .args(["--listen", "127.0.0.1:0"]);
        command
            .args(["--isolation", self.isolation])
            .args(&self.args);
        command
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }
}

/// A running server with its data directory.
#[derive(Debug)]
pub struct Server {
    child: Child,
    base: TempDir,
    options: Options,
    url: String,
}

impl Server {
    /// Starts a server and waits until it answers.
    pub fn start(options: Options) -> Self {
        let base = tempfile::Builder::new()
            .prefix("attest-data-")
            .tempdir()
            .expect("a temporary directory");
        let child = spawn(&options, base.path());
        let mut server = Self {
            child,
            base,
            options,
            url: String::new(),
        };
        server.wait_until_ready();
        server
    }

    /// A server on a source directory, everything else by default.
    pub fn on(source: impl AsRef<Path>) -> Self {
        Self::start(Options::default().source(source))
    }

    /// The data directory.
    pub fn data_dir(&self) -> PathBuf {
        data_dir(self.base.path())
    }

    /// The base URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The admin key.
    pub fn key(&self) -> String {
        let path = self.data_dir().join("admin-key");
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        text.trim().to_owned()
    }

    /// A caller of the API with the admin key.
    pub fn api(&self) -> Api {
        Api::new(&self.url, &self.key())
    }

    /// The `attest` command in `dir`, pointed at this server.
    pub fn attest(&self, dir: &Path, args: &[&str]) -> Command {
        let mut command = crate::attest(dir, args);
        command
            .env("ATTEST_BASE_URL", &self.url)
            .env("ATTEST_API_KEY", self.key());
        command
    }

    /// `attest run` in `dir` to its end.
    pub fn run(&self, dir: &Path, args: &[&str]) -> Finished {
        let mut all = vec!["run"];
        all.extend_from_slice(args);
        finish(&mut self.attest(dir, &all))
    }

    /// The public key with which this server signs, as `/v1/keys` gives it to anyone.
    pub fn public_key(&self) -> String {
        let keys = self.api().anonymous().get("/v1/keys").json(200);
        let key = keys.pointer("/keys/0/public_key").and_then(Value::as_str);
        key.unwrap_or_else(|| panic!("no key in {keys}")).to_owned()
    }

    /// Every execution that the server knows, newest first.
    pub fn executions(&self) -> Vec<Value> {
        let list = self.api().get("/v1/executions").json(200);
        list.get("executions")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    }

    /// Waits until an execution has ended, and returns it.
    pub fn wait_for_end(&self, id: &str) -> Value {
        wait::until(&format!("the end of execution {id}"), || {
            let execution = self.api().get(&format!("/v1/executions/{id}")).json(200);
            let status = execution
                .get("status")
                .and_then(Value::as_str)
                .unwrap_or_default();
            matches!(status, "completed" | "failed" | "cancelled").then_some(execution)
        })
    }

    /// Ends the process at once, as a crash does, and waits for it.
    pub fn kill(&mut self) {
        process::signal(self.child.id(), Signal::KILL);
        self.child.wait().expect("the server is our child");
    }

    /// Starts a server again on the same data directory.
    pub fn restart(&mut self) {
        // The address of the process before is no answer of the new one.
        drop(std::fs::remove_file(self.data_dir().join("address")));
        self.child = spawn(&self.options, self.base.path());
        self.wait_until_ready();
    }

    /// As [`restart`](Self::restart), with other options.
    pub fn restart_with(&mut self, options: Options) {
        self.options = options;
        self.restart();
    }

    /// What the server has printed so far.
    pub fn output(&self) -> String {
        std::fs::read_to_string(self.base.path().join("output")).unwrap_or_default()
    }

    fn wait_until_ready(&mut self) {
        let address = self.data_dir().join("address");
        self.url = wait::until("the server's address", || {
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!(
                    "the server ended at its start ({status}):\n{}",
                    self.output()
                );
            }
            let text = std::fs::read_to_string(&address).ok()?;
            let url = text.trim();
            (!url.is_empty()).then(|| url.to_owned())
        });
        let api = Api::new(&self.url, "").anonymous();
        wait::until("a ready server", || {
            (api.get("/readyz").status == 200).then_some(())
        });
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.kill();
        }
        if std::thread::panicking() {
            let _ = writeln!(
                std::io::stderr(),
                "--- the server's output\n{}",
                self.output()
            );
        }
    }
}

fn data_dir(base: &Path) -> PathBuf {
    base.join("data")
}

fn spawn(options: &Options, base: &Path) -> Child {
    let log = File::options()
        .create(true)
        .append(true)
        .open(base.join("output"))
        .expect("the server's log file");
    let errors = log.try_clone().expect("a second handle");
    options
        .command(&data_dir(base))
        .stdout(log)
        .stderr(errors)
        .spawn()
        .expect("start the server")
}

/// A word that no other test of this machine uses, to find a step's processes by.
pub fn unique(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!(
        "{prefix}{}{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}
