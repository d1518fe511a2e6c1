//! The changes of an execution: each once, in order, whatever the polls happen to see.

use std::time::Duration;

use attest_core::client::{Action, Changes, Event, ExecutionEvent, Failure, Machine};
use attest_core::error::{Error, ErrorKind};
use attest_core::v1::ExecutionStatus;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::by_hand::{answer, config, done, failed, response, sent, slept};

/// The machine and its clock.
struct Listener {
    changes: Changes,
    now: Duration,
}

impl Listener {
    fn knowing(status: Option<ExecutionStatus>) -> Self {
        let changes = Changes::new(config(), "exec_1", status, 7);
        let now = Duration::from_secs(1_000);
        Self { changes, now }
    }

    fn queued() -> Self {
        Self::knowing(Some(ExecutionStatus::Queued))
    }

    fn step(&mut self, event: Event) -> Action<Option<ExecutionEvent>> {
        self.changes.step(self.now, event)
    }

    /// Sleeps as long as it is told to.
    fn sleep(&mut self, action: Action<Option<ExecutionEvent>>) -> Duration {
        let pause = slept(action);
        self.now += pause;
        pause
    }

    /// Answers the request that is due, and asks until it wants to look again, or the end: what was told.
    fn told(&mut self, status: &str, steps: Value) -> Vec<String> {
        let mut action = self.step(Event::Start);
        if matches!(action, Action::Sleep(_)) {
            self.sleep(action);
            action = self.step(Event::Woke);
        }
        assert_eq!(sent(action).url.path(), "/prefix/v1/executions/exec_1");
        let seen = json!({"id": "exec_1", "status": status, "steps": steps});
        let mut action = self.step(answer(200, seen));
        let mut told = Vec::new();
        while let Action::Done(result) = action {
            match result.unwrap() {
                Some(event) => told.push(text(&event)),
                None => {
                    told.push("end".to_owned());
                    return told;
                }
            }
            action = self.step(Event::Start);
        }
        self.sleep(action);
        // As a driver does after the sleep: the next look is under way, and its caller gives up.
        sent(self.step(Event::Woke));
        told
    }
}

fn text(event: &ExecutionEvent) -> String {
    match event {
        ExecutionEvent::StatusChanged { status } => status.to_string(),
        ExecutionEvent::StepStarted { step } => format!("{}+", step.name),
        ExecutionEvent::StepCompleted { step } => format!("{}={}", step.name, step.status),
        other => panic!("{other:?}"),
    }
}

fn time(second: u32) -> String {
    format!("2026-11-26T12:00:{second:02}Z")
}

fn step(name: &str, status: &str) -> Value {
    json!({"name": name, "status": status})
}

/// A step that began in that second, and ended in that one.
fn timed(name: &str, status: &str, began: u32, ended: Option<u32>) -> Value {
    json!({"name": name, "status": status, "started_at": time(began), "completed_at": ended.map(time)})
}

#[test]
fn each_change_is_told_once_and_in_order() {
    let mut listener = Listener::queued();
    let pending = || json!([step("a", "pending"), step("b", "pending")]);
    assert_eq!(listener.told("queued", pending()), [""; 0]);
    let running = || json!([step("a", "running"), step("b", "pending")]);
    assert_eq!(listener.told("running", running()), ["running", "a+"]);
    assert_eq!(listener.told("running", running()), [""; 0]);
    let second = || json!([step("a", "completed"), step("b", "running")]);
    assert_eq!(listener.told("running", second()), ["a=completed", "b+"]);
    let over = json!([step("a", "completed"), step("b", "failed")]);
    assert_eq!(listener.told("failed", over), ["b=failed", "failed", "end"]);
    assert!(done(listener.step(Event::Start)).unwrap().is_none());
}

#[test]
fn what_happened_before_the_first_look_is_told_first_and_the_status_after_it() {
    let seen = || {
        json!([
            timed("a", "completed", 1, Some(2)),
            timed("b", "running", 2, None)
        ])
    };
    let first = ["a+", "a=completed", "b+", "running"];
    assert_eq!(Listener::queued().told("running", seen()), first);
    assert_eq!(Listener::knowing(None).told("running", seen()), first);
    let mut known = Listener::knowing(Some(ExecutionStatus::Running));
    assert_eq!(known.told("running", seen()), first[..3]);
    let over = json!([timed("a", "completed", 1, Some(2))]);
    let mut ended = Listener::knowing(Some(ExecutionStatus::Completed));
    assert_eq!(ended.told("completed", over), ["a+", "a=completed", "end"]);
}

#[test]
fn steps_are_told_in_the_order_of_their_times_not_of_the_pipeline() {
    // `deploy` needs `build`, and stands before it.
    let seen = json!([
        timed("deploy", "failed", 3, Some(9)),
        timed("build", "completed", 1, Some(3))
    ]);
    assert_eq!(
        Listener::queued().told("failed", seen),
        [
            "build+",
            "build=completed",
            "deploy+",
            "deploy=failed",
            "failed",
            "end"
        ]
    );
    let at_once = json!([
        timed("late", "running", 3, None),
        timed("cached", "completed", 3, Some(3))
    ]);
    assert_eq!(
        Listener::queued().told("running", at_once),
        ["cached+", "cached=completed", "late+", "running"]
    );
    let timeless = json!([step("b", "completed"), timed("a", "completed", 1, Some(2))]);
    assert_eq!(
        Listener::queued().told("running", timeless),
        ["b+", "b=completed", "a+", "a=completed", "running"]
    );
}

#[test]
fn only_a_step_that_began_is_told_to_be_over() {
    let seen = json!([
        timed("ran", "cancelled", 1, Some(2)),
        step("waited", "cancelled"),
        step("skipped", "skipped"),
        step("pending", "pending"),
        timed("slow", "timed_out", 3, Some(4)),
    ]);
    assert_eq!(
        Listener::queued().told("cancelled", seen),
        [
            "ran+",
            "ran=cancelled",
            "slow+",
            "slow=timed_out",
            "cancelled",
            "end"
        ]
    );
}

#[test]
fn words_of_a_later_version_are_neither_the_end_nor_a_beginning() {
    let mut listener = Listener::queued();
    let seen = || json!([step("a", "thawing"), timed("b", "melting", 1, None)]);
    assert_eq!(listener.told("hibernating", seen()), ["b+", "hibernating"]);
    let over = json!([
        timed("a", "completed", 2, Some(3)),
        timed("b", "evaporated", 1, Some(2))
    ]);
    assert_eq!(
        listener.told("completed", over),
        ["a+", "a=completed", "completed", "end"]
    );
}

#[test]
fn a_step_that_is_run_again_after_a_crash_is_not_told_again() {
    let mut listener = Listener::queued();
    let running = || {
        json!([
            timed("a", "completed", 1, Some(2)),
            timed("b", "running", 2, None)
        ])
    };
    listener.told("running", running());
    let recovered = json!([timed("a", "completed", 1, Some(2)), step("b", "pending")]);
    assert_eq!(listener.told("running", recovered), [""; 0]);
    assert_eq!(listener.told("running", running()), [""; 0]);
    let over = json!([
        timed("a", "completed", 1, Some(2)),
        timed("b", "completed", 9, Some(9))
    ]);
    assert_eq!(
        listener.told("completed", over),
        ["b=completed", "completed", "end"]
    );
}

fn failure(listener: &mut Listener, event: Event) -> Result<Duration, Error> {
    match listener.step(event) {
        Action::Sleep(pause) => {
            listener.now += pause;
            sent(listener.step(Event::Woke));
            Ok(pause)
        }
        Action::Done(Err(error)) => Err(error),
        _ => panic!("neither slept nor failed"),
    }
}

#[test]
fn five_transient_failures_in_a_row_are_tolerated_and_then_it_is_over() {
    let broken = || Event::Failed(Failure::Connection("reset".to_owned()));
    let mut listener = Listener::queued();
    sent(listener.step(Event::Start));
    for _ in 0..5 {
        failure(&mut listener, broken()).unwrap();
    }
    let seen = json!({"id": "exec_1", "status": "queued"});
    let action = listener.step(answer(200, seen));
    listener.sleep(action);
    sent(listener.step(Event::Woke));
    for _ in 0..5 {
        failure(&mut listener, answer(503, json!({}))).unwrap();
    }
    let error = failure(&mut listener, broken()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert!(done(listener.step(Event::Start)).unwrap().is_none());
    let mut listener = Listener::queued();
    sent(listener.step(Event::Start));
    let error = failed(listener.step(answer(404, json!({}))));
    assert_eq!(error.kind(), ErrorKind::ResourceNotFound);
}

#[test]
fn a_server_that_asks_for_time_gets_it_up_to_a_minute() {
    let limited = |seconds| Event::Answered(response(429, &[("retry-after", seconds)], ""));
    let mut listener = Listener::queued();
    sent(listener.step(Event::Start));
    let pause = failure(&mut listener, limited("60")).unwrap();
    assert_eq!(pause, Duration::from_secs(60));
    assert!(failure(&mut listener, limited("0")).unwrap() < Duration::from_secs(1));
    let error = failure(&mut listener, limited("61")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimitExceeded);
}

#[test]
fn who_gives_up_and_asks_again_neither_floods_the_server_nor_waits_anew() {
    let mut listener = Listener::queued();
    sent(listener.step(Event::Start));
    // In the middle of the call: it is made again.
    sent(listener.step(Event::Start));
    let seen = json!({"id": "exec_1", "status": "running"});
    let told = done(listener.step(answer(200, seen))).unwrap().unwrap();
    assert_eq!(text(&told), "running");
    let mut left = slept(listener.step(Event::Start));
    // In the middle of the pause, over and over.
    while left > Duration::from_millis(3) {
        listener.now += Duration::from_millis(2);
        let rest = slept(listener.step(Event::Start));
        assert_eq!(rest, left - Duration::from_millis(2));
        left = rest;
    }
    listener.now += left;
    sent(listener.step(Event::Start));
    // What was seen and not told yet is not lost.
    let seen = json!({"id": "exec_1", "status": "completed", "steps": [timed("a", "completed", 1, Some(2))]});
    assert_eq!(
        text(&done(listener.step(answer(200, seen))).unwrap().unwrap()),
        "a+"
    );
    for wanted in ["a=completed", "completed"] {
        assert_eq!(
            text(&done(listener.step(Event::Start)).unwrap().unwrap()),
            wanted
        );
    }
    assert!(done(listener.step(Event::Start)).unwrap().is_none());
}

#[test]
fn an_id_that_fits_no_path_is_an_error_and_not_an_endless_wait() {
    let mut changes = Changes::new(config(), "..", None, 7);
    let error = failed(changes.step(Duration::ZERO, Event::Start));
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        done(changes.step(Duration::ZERO, Event::Start))
            .unwrap()
            .is_none()
    );
}

proptest! {
    /// An execution of two steps goes through its life; it is looked at at some of its moments.
    #[test]
    fn whichever_moments_are_seen_the_same_is_told(looks in proptest::collection::vec(0usize..7, 0..6)) {
        let moments = [
            ("queued", json!([step("a", "pending"), step("b", "pending")])),
            ("running", json!([step("a", "pending"), step("b", "pending")])),
            ("running", json!([step("a", "pending"), timed("b", "running", 1, None)])),
            ("running", json!([step("a", "pending"), timed("b", "completed", 1, Some(2))])),
            ("running", json!([timed("a", "running", 3, None), timed("b", "completed", 1, Some(2))])),
            ("running", json!([timed("a", "failed", 3, Some(4)), timed("b", "completed", 1, Some(2))])),
            ("failed", json!([timed("a", "failed", 3, Some(4)), timed("b", "completed", 1, Some(2))])),
        ];
        let mut looks = looks;
        looks.sort_unstable();
        looks.retain(|look| *look < 6);
        looks.push(6);
        let mut listener = Listener::queued();
        let mut told = Vec::new();
        for look in looks {
            let (status, steps) = &moments[look];
            told.extend(listener.told(status, steps.clone()));
        }
        let steps: Vec<_> = told.iter().filter(|event| *event != "running").collect();
        prop_assert_eq!(steps, ["b+", "b=completed", "a+", "a=failed", "failed", "end"]);
        prop_assert!(told.iter().filter(|event| *event == "running").count() <= 1);
    }
}
