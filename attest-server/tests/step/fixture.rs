//! A source directory, a store and a runner, and waiting for conditions.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use attest_server::blob::BlobStore;
use attest_server::sandbox::{Isolation, SandboxPolicy};
use attest_server::source::snapshot;
use attest_server::step::{
    LogLine, LogSink, Spare, StepError, StepOutcome, StepRequest, StepRunner, Stream, run,
};
use attest_server::supervisor::{Identity, Program};
use attest_server::tree::Tree;
use attest_server::view::Upstream;

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Fixture {
    pub dir: tempfile::TempDir,
    pub runner: StepRunner,
    pub source: Arc<Tree>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Plain,
    Bubblewrap,
}

/// The isolations that work here. Without bubblewrap its half of the tests is skipped; where `ATTEST_REQUIRE_ALL`
/// is set that is an error.
pub fn modes() -> Vec<Mode> {
    let scratch = tempfile::tempdir().unwrap();
    match Isolation::bubblewrap(&std::env::var_os("PATH").unwrap(), scratch.path()) {
        Ok(_) => vec![Mode::Plain, Mode::Bubblewrap],
        Err(error) => {
            assert!(std::env::var_os("ATTEST_REQUIRE_ALL").is_none(), "{error}");
            eprintln!("skipped: {error}");
            vec![Mode::Plain]
        }
    }
}

/// Only where bubblewrap works.
pub fn bubblewrap() -> Option<Mode> {
    modes().into_iter().find(|mode| *mode == Mode::Bubblewrap)
}

impl Fixture {
    pub fn new(mode: Mode, files: &[(&str, &str)]) -> Self {
        Self::with_policy(mode, files, |isolation, data| {
            SandboxPolicy::new(isolation, &[], &[data.to_path_buf()], true).unwrap()
        })
    }

    pub fn with_policy(
        mode: Mode,
        files: &[(&str, &str)],
        policy: impl FnOnce(Isolation, &Path) -> SandboxPolicy,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let project = dir.path().join("project");
        let scratch = dir.path().join("scratch");
        for path in [&data, &project, &scratch] {
            std::fs::create_dir(path).unwrap();
        }
        for (path, text) in files {
            let path = project.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let blobs = BlobStore::open(&data.join("blobs")).unwrap();
        let source = snapshot(&project, &[], &blobs).unwrap().tree;
        let isolation = match mode {
            Mode::Plain => Isolation::None,
            Mode::Bubblewrap => {
                Isolation::bubblewrap(&std::env::var_os("PATH").unwrap(), &scratch).unwrap()
            }
        };
        let runner = StepRunner {
            blobs,
            sandbox: policy(isolation, &data),
            supervisor: Program {
                executable: env!("CARGO_BIN_EXE_attest-supervise").into(),
                arguments: Vec::new(),
            },
            spare: Spare::default(),
            scratch,
            clock: Arc::new(chrono::Utc::now),
        };
        Self {
            dir,
            runner,
            source: Arc::new(source),
        }
    }

    pub fn request(&self, run: &str) -> StepRequest {
        let path = std::env::var("PATH").unwrap();
        StepRequest {
            execution_id: "exec_test".to_owned(),
            name: "step".to_owned(),
            run: run.to_owned(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            working_dir: None,
            env: [("PATH".to_owned(), path)].into(),
            timeout: Some(PATIENCE),
            network: true,
            strict_inputs: false,
            followed: false,
            source: Arc::clone(&self.source),
            upstream: Vec::new(),
        }
    }

    pub async fn run(&self, request: StepRequest) -> StepOutcome {
        self.run_with(request, Log::default(), std::future::pending())
            .await
            .unwrap()
    }

    pub async fn run_with(
        &self,
        request: StepRequest,
        log: Log,
        cancel: impl Future<Output = ()> + Send,
    ) -> Result<StepOutcome, StepError> {
        tokio::time::timeout(PATIENCE, run(&self.runner, request, log, cancel))
            .await
            .expect("the step ends")
    }

    pub fn scratch_is_empty(&self) -> bool {
        std::fs::read_dir(&self.runner.scratch).unwrap().count() == 0
    }

    pub fn content(&self, tree: &Tree, path: &str) -> String {
        let Some(attest_server::tree::Entry::File { digest, .. }) = tree.get(path) else {
            panic!("no file {path} in {tree:?}");
        };
        String::from_utf8(self.runner.blobs.read(digest, 1 << 20).unwrap()).unwrap()
    }
}

pub fn paths(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

pub fn upstream(declared: &[&str], outcome: &StepOutcome) -> Upstream {
    Upstream {
        declared: paths(declared),
        tree: Arc::new(outcome.output_tree.clone()),
    }
}

/// Keeps what it is given, and can be watched while the step runs.
#[derive(Clone, Default)]
pub struct Log {
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
pub struct Seen {
    pub lines: Vec<LogLine>,
    pub supervisor: Option<Identity>,
}

impl Log {
    pub fn text(&self, stream: Stream) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.lines
            .iter()
            .filter(|line| line.stream == stream)
            .map(|line| line.text.clone())
            .collect()
    }

    pub fn supervisor(&self) -> Option<Identity> {
        self.seen.lock().unwrap().supervisor.clone()
    }

    /// Waits until a line of standard output starts with `prefix`; gives the rest of it.
    pub async fn wait_for(&self, prefix: &str) -> String {
        let found = || {
            self.text(Stream::Stdout)
                .iter()
                .find_map(|line| line.strip_prefix(prefix).map(str::to_owned))
        };
        until(|| found().is_some()).await;
        found().unwrap()
    }
}

impl LogSink for Log {
    async fn started(&mut self, supervisor: &Identity) -> std::io::Result<()> {
        self.seen.lock().unwrap().supervisor = Some(supervisor.clone());
        Ok(())
    }

    async fn lines(&mut self, lines: Vec<LogLine>) -> std::io::Result<()> {
        self.seen.lock().unwrap().lines.extend(lines);
        Ok(())
    }
}

/// Waits for a condition.
pub async fn until(condition: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "the condition never came true");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Processes that were started with `NAME=value` in their environment, zombies not counted.
pub fn processes_with(assignment: &str) -> Vec<PathBuf> {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            std::fs::read(path.join("environ")).is_ok_and(|environment| {
                environment
                    .split(|byte| *byte == 0)
                    .any(|variable| variable == assignment.as_bytes())
            })
        })
        .collect()
}
