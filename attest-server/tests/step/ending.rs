//! How a step ends, and everything it started with it.

use std::time::{Duration, Instant};

use attest_server::step::{Reason, StepRequest};
use attest_server::supervisor::kill_leftover;
use rustix::process::{Pid, Signal, kill_process};

use crate::fixture::{Fixture, Log, Mode, modes, paths, processes_with, until};

/// A daemon: in a session of its own, without a parent of the step's, deaf to SIGTERM if asked.
fn daemon(marker: &str, deaf: bool) -> String {
    let trap = if deaf { "trap '' TERM;" } else { "" };
    format!(
        "(MARKER={marker} setsid sh -c '{trap} (while :; do sleep 0.05; done) & (exec sleep 1000) & echo up' \
         </dev/null >\"$TMPDIR/d\" 2>&1 &); while ! grep -q up \"$TMPDIR/d\" 2>/dev/null; do sleep 0.01; done;"
    )
}

fn gone(marker: &str) -> bool {
    processes_with(&format!("MARKER={marker}")).is_empty()
}

fn marker(test: &str, mode: Mode) -> String {
    format!("{test}-{mode:?}-{}", std::process::id())
}

#[tokio::test]
async fn exit_codes_and_signals_are_the_steps_own() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        for (script, code) in [
            ("exit 0", 0),
            ("exit 42", 42),
            ("kill -9 $$", 137),
            ("sh -c 'kill -11 $$'", 139),
            ("no-such-command", 127),
        ] {
            let outcome = fixture.run(fixture.request(script)).await;
            assert_eq!(
                (outcome.exit_code, outcome.reason),
                (Some(code), None),
                "{script}"
            );
        }
    }
}

#[tokio::test]
async fn a_daemonised_grandchild_ends_with_its_step() {
    for mode in modes() {
        for deaf in [false, true] {
            let fixture = Fixture::new(mode, &[]);
            let marker = marker("daemon", mode);
            let outcome = fixture
                .run(fixture.request(&format!("{} echo done", daemon(&marker, deaf))))
                .await;
            assert_eq!(outcome.exit_code, Some(0), "{outcome:?}");
            assert_eq!(outcome.stdout, "done\n");
            assert!(
                gone(&marker),
                "{mode:?}: {:?}",
                processes_with(&format!("MARKER={marker}"))
            );
        }
    }
}

#[tokio::test]
async fn a_step_is_ended_at_its_time_limit_with_124() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        let marker = marker("timeout", mode);
        let mut request = fixture.request(&format!(
            "{} echo kept > out; sleep 1000",
            daemon(&marker, false)
        ));
        request.outputs = paths(&["out"]);
        request.timeout = Some(Duration::from_secs(2));
        let outcome = fixture.run(request).await;
        assert_eq!(
            (outcome.exit_code, outcome.reason),
            (Some(124), Some(Reason::Timeout))
        );
        assert!(
            outcome.duration >= Duration::from_secs(2),
            "{:?}",
            outcome.duration
        );
        assert!(outcome.output_tree.contains("out"));
        assert!(gone(&marker));
    }
}

#[tokio::test]
async fn a_cancelled_step_may_clean_up_and_has_no_exit_code() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        let log = Log::default();
        let request = fixture
            .request("trap 'echo cleaning; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
        let ready = log.clone();
        let outcome = fixture
            .run_with(request, log.clone(), async move {
                drop(ready.wait_for("ready").await)
            })
            .await
            .unwrap();
        assert_eq!(
            (outcome.exit_code, outcome.reason),
            (None, Some(Reason::Cancelled))
        );
        assert_eq!(outcome.stdout, "ready\ncleaning\n", "{mode:?}");
    }
}

#[tokio::test]
async fn a_step_that_is_deaf_to_sigterm_is_killed_after_the_grace() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        let log = Log::default();
        let request = fixture.request("trap '' TERM; echo ready; while :; do sleep 0.05; done");
        let ready = log.clone();
        let started = Instant::now();
        let outcome = fixture
            .run_with(
                request,
                log,
                async move { drop(ready.wait_for("ready").await) },
            )
            .await
            .unwrap();
        assert_eq!(outcome.reason, Some(Reason::Cancelled));
        assert!(started.elapsed() >= attest_server::step::GRACE);
    }
}

#[tokio::test]
async fn a_run_that_is_dropped_ends_its_step() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        let marker = marker("dropped", mode);
        let log = Log::default();
        let request = fixture.request(&format!(
            "{} echo ready; sleep 1000",
            daemon(&marker, false)
        ));
        tokio::select! {
            _ = fixture.run_with(request, log.clone(), std::future::pending()) => panic!("it cannot end"),
            () = async { log.wait_for("ready").await; assert!(!gone(&marker)); } => {}
        }
        until(|| gone(&marker)).await;
    }
}

#[tokio::test]
async fn a_supervisor_that_is_killed_is_reported_and_what_it_left_can_be_killed() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        let marker = marker("lost", mode);
        let log = Log::default();
        let request = fixture.request(&format!("{} echo ready; sleep 1000", daemon(&marker, true)));
        let killer = async {
            log.wait_for("ready").await;
            let supervisor = log.supervisor().unwrap();
            kill_process(Pid::from_raw(supervisor.pid).unwrap(), Signal::KILL).unwrap();
            // In bubblewrap they are gone by themselves.
            if mode == Mode::Bubblewrap {
                until(|| gone(&marker)).await;
            }
            let identity = supervisor.clone();
            tokio::task::spawn_blocking(move || kill_leftover(&identity))
                .await
                .unwrap()
                .unwrap();
            assert!(gone(&marker));
            assert!(!supervisor.scratch.exists());
        };
        let (outcome, ()) = tokio::join!(
            fixture.run_with(request, log.clone(), std::future::pending()),
            killer
        );
        let outcome = outcome.unwrap();
        assert_eq!(
            (outcome.exit_code, outcome.reason),
            (Some(125), Some(Reason::SupervisorLost))
        );
    }
}

#[tokio::test]
async fn a_step_cannot_end_its_supervisor_through_its_group() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        let outcome = fixture
            .run(fixture.request("trap '' TERM; kill 0; echo alive"))
            .await;
        assert_eq!(outcome.stdout, "alive\n", "{outcome:?}");
        assert_eq!((outcome.exit_code, outcome.reason), (Some(0), None));
    }
}

#[tokio::test]
async fn a_leftover_of_another_boot_or_a_reused_number_is_not_killed() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = std::process::Command::new("sleep")
        .arg("1000")
        .spawn()
        .unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    let start: u64 = stat
        .rsplit_once(") ")
        .unwrap()
        .1
        .split(' ')
        .nth(19)
        .unwrap()
        .parse()
        .unwrap();
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    let identity = |start_time: u64, boot_id: &str| attest_server::supervisor::Identity {
        pid: i32::try_from(child.id()).unwrap(),
        start_time,
        boot_id: boot_id.to_owned(),
        scratch: dir.path().join("attest-step-0-0"),
    };
    let strangers = [identity(start + 1, boot.trim()), identity(start, "another")];
    let known = identity(start, boot.trim());
    for stranger in strangers {
        kill_leftover(&stranger).unwrap();
        assert!(child.try_wait().unwrap().is_none());
    }
    kill_leftover(&known).unwrap();
    child.wait().unwrap();
}

/// Not a test of its own: the process that the next test kills. It runs a step that never ends, as a server would.
#[tokio::test]
#[ignore = "started by the test below"]
async fn server_to_be_killed() {
    let Ok(marker) = std::env::var("ATTEST_TEST_MARKER") else {
        return;
    };
    let mode = if std::env::var_os("ATTEST_TEST_PLAIN").is_some() {
        Mode::Plain
    } else {
        Mode::Bubblewrap
    };
    let fixture = Fixture::new(mode, &[]);
    let script = format!("{} echo ready; sleep 1000", daemon(&marker, true));
    let log = Log::default();
    let watcher = async {
        log.wait_for("ready").await;
        println!("supervisor {}", log.supervisor().unwrap().pid);
        std::future::pending::<()>().await;
    };
    let run = fixture.run_with(
        fixture.request(&script),
        log.clone(),
        std::future::pending(),
    );
    let _ = tokio::join!(run, watcher);
}

#[tokio::test]
async fn no_process_of_a_step_outlives_a_kill_of_the_server() {
    use std::io::BufRead as _;
    for mode in modes() {
        let marker = marker("server", mode);
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command
            .args([
                "--exact",
                "ending::server_to_be_killed",
                "--ignored",
                "--nocapture",
            ])
            .env("ATTEST_TEST_MARKER", &marker)
            .stdout(std::process::Stdio::piped());
        if mode == Mode::Plain {
            command.env("ATTEST_TEST_PLAIN", "1");
        }
        let mut server = command.spawn().unwrap();
        let output = std::io::BufReader::new(server.stdout.take().unwrap());
        let supervisor: u32 = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("supervisor ")?.1.parse().unwrap()))
            .expect("the server starts its step");
        assert!(!gone(&marker));
        server.kill().unwrap();
        server.wait().unwrap();
        until(|| gone(&marker)).await;
        until(|| {
            !std::path::Path::new(&format!("/proc/{supervisor}")).exists() || zombie(supervisor)
        })
        .await;
    }
}

/// Whoever adopts orphans here may be slow to wait for them.
fn zombie(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}

#[tokio::test]
async fn a_supervisor_that_was_started_in_advance_is_the_next_steps_unless_it_is_gone() {
    let mut fixture = Fixture::new(Mode::Plain, &[]);
    // A program of its own, to know its processes by.
    let program = fixture.dir.path().join("supervisor");
    std::fs::copy(&fixture.runner.supervisor.executable, &program).unwrap();
    fixture.runner.supervisor.executable = program.clone();
    let spares = || -> Vec<i32> {
        let all = std::fs::read_dir("/proc").unwrap().flatten();
        let of_it = all.filter(|entry| {
            std::fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe == program)
        });
        of_it
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .collect()
    };
    let followed = || StepRequest {
        followed: true,
        ..fixture.request("true")
    };
    let run = async |request: StepRequest| {
        let log = Log::default();
        let never = std::future::pending();
        let outcome = fixture.run_with(request, log.clone(), never).await.unwrap();
        assert_eq!(outcome.exit_code, Some(0));
        log.supervisor().unwrap().pid
    };
    // One that has ended its step may still be about to end itself.
    let first = run(followed()).await;
    let only_other_than = |used: i32| matches!(spares()[..], [spare] if spare != used);
    until(|| only_other_than(first)).await;
    let spare = spares()[0];
    assert_eq!(run(followed()).await, spare);
    until(|| only_other_than(spare)).await;
    let spare = spares()[0];
    kill_process(Pid::from_raw(spare).unwrap(), Signal::KILL).unwrap();
    until(|| spares().is_empty()).await;
    assert_ne!(run(fixture.request("true")).await, spare);
    // Nothing is expected any more, and none is started.
    until(|| spares().is_empty()).await;
}
