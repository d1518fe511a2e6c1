//! What is kept of a step's output, and how much.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use attest_server::step::{
    EXCERPT_LIMIT, LINE_LIMIT, LOG_LIMIT, LogLine, LogSink, StepError, Stream, run,
};
use attest_server::supervisor::Identity;

use crate::fixture::{Fixture, Log, Mode, modes};

#[tokio::test]
async fn both_streams_are_logged_by_line_and_kept_for_the_receipt() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        let log = Log::default();
        let request = fixture.request("echo one; echo two >&2; printf three; printf 'x\\377y' >&2");
        let outcome = fixture
            .run_with(request, log.clone(), std::future::pending())
            .await
            .unwrap();
        assert_eq!(log.text(Stream::Stdout), ["one", "three"]);
        assert_eq!(log.text(Stream::Stderr), ["two", "x\u{fffd}y"]);
        assert_eq!(outcome.stdout, "one\nthree");
        assert_eq!(outcome.stderr, "two\nx\u{fffd}y");
    }
}

#[tokio::test]
async fn a_line_reaches_the_log_while_the_step_runs() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        let log = Log::default();
        let request = fixture.request("echo first; while [ ! -e go ]; do sleep 0.01; done");
        let watcher = async {
            log.wait_for("first").await;
            std::fs::write(log.supervisor().unwrap().scratch.join("workspace/go"), "").unwrap();
        };
        let (outcome, ()) = tokio::join!(
            fixture.run_with(request, log.clone(), std::future::pending()),
            watcher
        );
        assert_eq!(outcome.unwrap().exit_code, Some(0));
    }
}

/// Counts, and remembers no more than the last line.
#[derive(Clone, Default)]
struct Counter {
    bytes: Arc<AtomicUsize>,
    longest: Arc<AtomicUsize>,
    markers: Arc<AtomicUsize>,
}

impl LogSink for Counter {
    async fn started(&mut self, _: &Identity) -> std::io::Result<()> {
        Ok(())
    }

    async fn lines(&mut self, lines: Vec<LogLine>) -> std::io::Result<()> {
        for line in lines {
            self.bytes.fetch_add(line.text.len(), Ordering::Relaxed);
            self.longest.fetch_max(line.text.len(), Ordering::Relaxed);
            if line.text.contains("the log ends here") {
                self.markers.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_flood_is_cut_with_one_marker_and_the_step_goes_on() {
    let fixture = Fixture::new(Mode::Plain, &[]);
    let counter = Counter::default();
    let script =
        "head -c 60000000 /dev/zero | tr '\\0' x; head -c 60000000 /dev/zero >&2; echo end; exit 3";
    let outcome = run(
        &fixture.runner,
        fixture.request(script),
        counter.clone(),
        std::future::pending(),
    )
    .await
    .unwrap();
    assert_eq!(outcome.exit_code, Some(3));
    assert_eq!(counter.markers.load(Ordering::Relaxed), 1);
    assert!(counter.bytes.load(Ordering::Relaxed) as u64 <= LOG_LIMIT + 1024);
    // Bytes that are not text are three bytes each where they are replaced; NUL is text.
    assert_eq!(counter.longest.load(Ordering::Relaxed), LINE_LIMIT);
    assert!(outcome.stdout.len() <= EXCERPT_LIMIT && outcome.stdout.ends_with("end\n"));
    assert!(outcome.stderr.len() <= EXCERPT_LIMIT);
}

struct Broken;

impl LogSink for Broken {
    async fn started(&mut self, _: &Identity) -> std::io::Result<()> {
        Ok(())
    }

    async fn lines(&mut self, _: Vec<LogLine>) -> std::io::Result<()> {
        Err(std::io::Error::other("the disk is full"))
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_written_ends_the_step() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        let error = run(
            &fixture.runner,
            fixture.request("echo x; sleep 1000"),
            Broken,
            std::future::pending(),
        )
        .await
        .unwrap_err();
        assert!(matches!(error, StepError::Log(_)), "{error}");
        assert!(error.to_string().contains("the disk is full"));
    }
}
