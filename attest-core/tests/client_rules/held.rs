//! Looks that a server holds back until there is something to tell: `Prefer: wait`, and the tag of what is known.

use std::time::Duration;

use attest_core::client::{
    Call, Changes, ClientConfig, Event, Failure, Follow, LogFilter, Machine, Request, Timeouts,
    Wait, executions,
};
use attest_core::error::ErrorKind;
use serde_json::json;

use crate::by_hand::{NOW, answer, config, done, failed, response, sent, slept};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The execution in that status, under that tag.
fn tagged(status: &str, tag: &str) -> Event {
    let body = json!({"id": "exec_1", "status": status}).to_string();
    Event::Answered(response(200, &[("etag", tag)], &body))
}

fn unchanged(tag: &str) -> Event {
    Event::Answered(response(304, &[("etag", tag)], ""))
}

fn no_lines() -> Event {
    answer(
        200,
        json!({"logs": [], "total_lines": 0, "has_more": false}),
    )
}

/// How long the request may be held back, and what it says is known.
fn asks(request: &Request) -> (Option<&str>, Option<&str>) {
    let header = |name: &str| {
        let found = request.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    };
    (header("prefer"), header("if-none-match"))
}

#[test]
fn a_wait_that_is_held_back_looks_again_at_once_and_one_that_is_not_pauses() {
    let mut wait = Wait::new(config(), "exec_1", None, 7);
    assert_eq!(
        asks(&sent(wait.step(NOW, Event::Start))),
        (Some("wait=20"), None)
    );
    let next = sent(wait.step(seconds(20), tagged("running", "a")));
    assert_eq!(asks(&next), (Some("wait=20"), None));
    // Answered at once: a server that does not know of it.
    let pause = slept(wait.step(seconds(20), tagged("running", "a")));
    assert!(pause > Duration::from_millis(20), "{pause:?}");
    sent(wait.step(seconds(21), Event::Woke));
    assert!(done(wait.step(seconds(30), tagged("failed", "b"))).is_ok());
}

#[test]
fn what_was_held_back_for_a_part_of_the_pause_pauses_for_the_rest() {
    let (mut held, mut other) = (
        Wait::new(config(), "exec_1", None, 7),
        Wait::new(config(), "exec_1", None, 7),
    );
    sent(held.step(NOW, Event::Start));
    sent(other.step(NOW, Event::Start));
    let part = Duration::from_millis(30);
    assert_eq!(
        slept(held.step(part, tagged("running", "a"))) + part,
        slept(other.step(NOW, tagged("running", "a")))
    );
}

#[test]
fn a_wait_is_held_back_no_longer_than_its_own_time_and_that_of_an_attempt() {
    for (left, prefers) in [
        (1_900, Some("wait=1")),
        (60_000, Some("wait=20")),
        (900, None),
    ] {
        let mut wait = Wait::new(config(), "exec_1", Some(Duration::from_millis(left)), 7);
        assert_eq!(
            asks(&sent(wait.step(NOW, Event::Start))).0,
            prefers,
            "{left}"
        );
    }
    for (attempt, prefers) in [(6, Some("wait=4")), (1, None)] {
        let timeouts = Timeouts {
            attempt: seconds(attempt),
            ..Timeouts::default()
        };
        let builder = ClientConfig::builder()
            .base_url("https://a.example")
            .anonymous();
        let config = std::sync::Arc::new(builder.timeouts(timeouts).build().unwrap());
        let mut wait = Wait::new(config, "exec_1", None, 7);
        assert_eq!(
            asks(&sent(wait.step(NOW, Event::Start))).0,
            prefers,
            "{attempt}"
        );
    }
}

#[test]
fn a_held_wait_that_runs_out_of_time_holds_what_it_saw_last() {
    let mut wait = Wait::new(config(), "exec_1", Some(seconds(5)), 7);
    assert_eq!(asks(&sent(wait.step(NOW, Event::Start))).0, Some("wait=5"));
    let error = failed(wait.step(seconds(5), tagged("running", "a")));
    assert_eq!(error.kind(), ErrorKind::WaitTimeout);
    assert!(error.last_seen().is_some());
}

#[test]
fn after_a_failure_nobody_is_asked_to_hold_the_next_look_back() {
    let broken = || Event::Failed(Failure::Connection("idle for too long".to_owned()));
    let mut wait = Wait::new(config(), "exec_1", None, 7);
    sent(wait.step(NOW, Event::Start));
    slept(wait.step(seconds(15), broken()));
    assert_eq!(
        asks(&sent(wait.step(seconds(16), Event::Woke))),
        (None, None)
    );
    slept(wait.step(seconds(16), tagged("running", "a")));
    assert_eq!(
        asks(&sent(wait.step(seconds(17), Event::Woke))).0,
        Some("wait=20")
    );

    let mut follow = Follow::new(config(), "exec_1", LogFilter::default(), 0, 7);
    sent(follow.step(NOW, Event::Start));
    sent(follow.step(NOW, tagged("running", "a")));
    done(follow.step(NOW, no_lines())).unwrap();
    assert_eq!(asks(&sent(follow.step(NOW, Event::Start))).1, Some("a"));
    slept(follow.step(seconds(15), broken()));
    assert_eq!(
        asks(&sent(follow.step(seconds(16), Event::Woke))),
        (None, None)
    );
}

#[test]
fn a_follower_asks_at_once_for_what_is_new_and_the_server_makes_the_pauses() {
    let mut follow = Follow::new(config(), "exec_1", LogFilter::default(), 0, 7);
    assert_eq!(asks(&sent(follow.step(NOW, Event::Start))), (None, None));
    sent(follow.step(NOW, tagged("running", "a")));
    done(follow.step(NOW, no_lines())).unwrap();
    let question = sent(follow.step(NOW, Event::Start));
    assert_eq!(asks(&question), (Some("wait=20"), Some("a")));
    // Nothing new for as long as that: no lines are asked for, and the question is asked again.
    let question = sent(follow.step(seconds(20), unchanged("a")));
    assert_eq!(asks(&question), (Some("wait=20"), Some("a")));
    // Something new.
    let lines = sent(follow.step(seconds(21), tagged("running", "b")));
    assert!(lines.url.path().ends_with("/logs"));
    assert_eq!(
        done(follow.step(seconds(21), one_line()))
            .unwrap()
            .unwrap()
            .lines
            .len(),
        1
    );
    assert_eq!(
        asks(&sent(follow.step(seconds(21), Event::Start))).1,
        Some("b")
    );
    // The end is told as soon as it is known.
    sent(follow.step(seconds(22), tagged("completed", "c")));
    assert!(
        done(follow.step(seconds(22), no_lines()))
            .unwrap()
            .is_some()
    );
    assert_eq!(done(follow.step(seconds(22), Event::Start)).unwrap(), None);
}

#[test]
fn a_server_that_answers_questions_at_once_is_not_flooded_with_them() {
    let mut follow = Follow::new(config(), "exec_1", LogFilter::default(), 0, 7);
    let mut changes = Changes::new(config(), "exec_1", None, 7);
    sent(follow.step(NOW, Event::Start));
    sent(follow.step(NOW, tagged("running", "a")));
    done(follow.step(NOW, no_lines())).unwrap();
    sent(follow.step(NOW, Event::Start));
    sent(changes.step(NOW, Event::Start));
    done(changes.step(NOW, tagged("running", "a"))).unwrap();
    assert_eq!(
        asks(&sent(changes.step(NOW, Event::Start))),
        (Some("wait=20"), Some("a"))
    );
    let mut last = Duration::ZERO;
    for _ in 0..10 {
        let pause = slept(follow.step(NOW, unchanged("a")));
        assert_eq!(pause, slept(changes.step(NOW, unchanged("a"))));
        assert!(pause > last, "{pause:?} after {last:?}");
        last = pause;
        sent(follow.step(NOW, Event::Woke));
        sent(changes.step(NOW, Event::Woke));
    }
    // Its log moves, of which nothing is told: a second, not five.
    let pause = slept(changes.step(NOW, tagged("running", "b")));
    assert!(pause < Duration::from_secs(1), "{pause:?}");
}

/// A log line after which there are no others.
fn one_line() -> Event {
    let line = json!({"timestamp": "2024-12-01T16:00:00Z", "step": "a", "level": "info", "message": "", "seq": 1});
    answer(
        200,
        json!({"logs": [line], "total_lines": 1, "has_more": false}),
    )
}

#[test]
fn who_gives_a_held_question_up_is_answered_at_once_after_the_pause() {
    let mut follow = Follow::new(config(), "exec_1", LogFilter::default(), 0, 7);
    let mut changes = Changes::new(config(), "exec_1", None, 7);
    sent(follow.step(NOW, Event::Start));
    sent(follow.step(NOW, tagged("running", "a")));
    done(follow.step(NOW, no_lines())).unwrap();
    sent(changes.step(NOW, Event::Start));
    done(changes.step(NOW, tagged("running", "a"))).unwrap();
    for machine in 0..2 {
        let now = Duration::from_millis(5);
        let (question, pause, look) = if machine == 0 {
            let question = sent(follow.step(NOW, Event::Start));
            let pause = slept(follow.step(now, Event::Start));
            (
                question,
                pause,
                sent(follow.step(now + pause, Event::Start)),
            )
        } else {
            let question = sent(changes.step(NOW, Event::Start));
            let pause = slept(changes.step(now, Event::Start));
            (
                question,
                pause,
                sent(changes.step(now + pause, Event::Start)),
            )
        };
        assert_eq!(asks(&question), (Some("wait=20"), Some("a")));
        assert!(pause > Duration::from_millis(20), "{pause:?}");
        assert_eq!(asks(&look), (None, None));
    }
    // Who is patient after that is held back again.
    let now = seconds(1);
    sent(follow.step(now, tagged("running", "b")));
    let news = done(follow.step(now, one_line())).unwrap().unwrap();
    assert_eq!(news.lines.len(), 1);
    let question = sent(follow.step(now, Event::Start));
    assert_eq!(asks(&question), (Some("wait=20"), Some("b")));
    done(changes.step(now, tagged("completed", "c"))).unwrap();
}

#[test]
fn lines_that_were_asked_for_and_given_up_are_asked_for_again_before_what_is_newer() {
    let mut follow = Follow::new(config(), "exec_1", LogFilter::default(), 0, 7);
    sent(follow.step(NOW, Event::Start));
    sent(follow.step(NOW, tagged("running", "a")));
    let lines = sent(follow.step(NOW, Event::Start));
    assert!(lines.url.path().ends_with("/logs"), "{}", lines.url);
    let news = done(follow.step(NOW, one_line())).unwrap().unwrap();
    assert_eq!(news.lines.len(), 1);
}

#[test]
fn the_first_state_is_not_a_reason_to_pause_longer() {
    let mut follow = Follow::new(config(), "exec_1", LogFilter::default(), 0, 7);
    let running = || answer(200, json!({"id": "exec_1", "status": "running"}));
    sent(follow.step(NOW, Event::Start));
    sent(follow.step(NOW, running()));
    done(follow.step(NOW, no_lines())).unwrap();
    let pause = slept(follow.step(NOW, Event::Start));
    assert!(pause < Duration::from_millis(60), "{pause:?}");
}

#[test]
fn an_answer_that_it_is_as_it_was_is_an_error_to_who_did_not_say_how() {
    let mut call = Call::new(config(), executions::get("exec_1").unwrap());
    sent(call.step(NOW, Event::Start));
    assert_eq!(failed(call.step(NOW, unchanged("a"))).status(), Some(304));
    let mut wait = Wait::new(config(), "exec_1", None, 7);
    sent(wait.step(NOW, Event::Start));
    assert_eq!(failed(wait.step(NOW, unchanged("a"))).status(), Some(304));
}
