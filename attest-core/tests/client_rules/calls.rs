//! Calls, redirects, waits, logs and options.

use std::sync::Arc;
use std::time::Duration;

use attest_core::client::{
    Action, Call, ClientConfig, Event, Failure, Follow, LogFilter, Machine, News, Page, Response,
    Wait, artifacts, executions, keys, pipelines,
};
use attest_core::error::{Error, ErrorKind};
use attest_core::v1;
use proptest::prelude::*;
use serde_json::json;

use crate::by_hand::{NOW, answer, config, done, failed, redirect, response, sent, slept};

#[test]
fn a_request_goes_below_the_prefix_with_its_parts_encoded() {
    let page = Page {
        limit: Some(5),
        sort: Some("created_at:desc".to_owned()),
        ..Page::default()
    };
    let request = sent(
        Call::new(config(), pipelines::list(&page, Some("a b&c"), None)).step(NOW, Event::Start),
    );
    assert_eq!(
        request.url.as_str(),
        "https://a.example/prefix/v1/pipelines?limit=5&sort=created_at%3Adesc&name=a+b%26c"
    );
    let download = artifacts::download("exec_1/../x", "lib/a b.so").unwrap();
    let request = sent(Call::new(config(), download).step(NOW, Event::Start));
    assert_eq!(
        request.url.path(),
        "/prefix/v1/executions/exec_1%2F..%2Fx/artifacts/lib/a%20b.so"
    );
    assert_eq!(request.bearer.unwrap().reveal(), "attest_key_secret");
}

#[test]
fn an_id_that_would_vanish_from_the_path_is_refused_before_anything_is_sent() {
    for id in ["", ".", ".."] {
        assert_eq!(executions::get(id).err().unwrap().kind(), ErrorKind::Config);
        assert_eq!(
            pipelines::execute(id, &v1::ExecuteRequest::default())
                .err()
                .unwrap()
                .kind(),
            ErrorKind::Config
        );
    }
    assert!(artifacts::download("exec_1", "../../keys").is_err());
}

#[test]
fn published_keys_are_asked_for_without_a_credential() {
    assert!(
        sent(Call::new(config(), keys::list()).step(NOW, Event::Start))
            .bearer
            .is_none()
    );
}

#[test]
fn an_envelope_becomes_an_error_with_everything_in_it() {
    let mut call = Call::new(config(), executions::get("exec_1").unwrap());
    sent(call.step(NOW, Event::Start));
    let error = failed(call.step(
        NOW,
        answer(
            403,
            json!({"error": {
        "code": "AUTHORIZATION_FAILED", "message": "the key lacks `executions:read`",
        "details": {"scope": "executions:read"}, "request_id": "req_9"}}),
        ),
    ));
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::AuthorizationFailed, "AUTHORIZATION_FAILED")
    );
    assert_eq!(
        (error.status(), error.request_id(), error.attempts()),
        (Some(403), Some("req_9"), 1)
    );
    assert_eq!(error.details().unwrap()["scope"], "executions:read");
    assert_eq!(
        error.to_string(),
        "the key lacks `executions:read` (HTTP 403, request req_9)"
    );
    assert!(!error.is_retryable());
}

#[test]
fn a_proxys_page_is_kept_as_a_short_excerpt() {
    let page = format!(
        "<html>\r\n<h1>502 Bad\x1b[31m Gateway</h1>{}</html>",
        "x".repeat(100_000)
    );
    let mut call = Call::new(config(), executions::get("exec_1").unwrap());
    sent(call.step(NOW, Event::Start));
    let error = failed(call.step(NOW, Event::Answered(response(502, &[], &page))));
    assert_eq!(
        (error.kind(), error.code(), error.is_retryable()),
        (ErrorKind::InternalError, "internal_error", true)
    );
    assert!(
        error.message().contains("<h1>502 Bad [31m Gateway</h1>"),
        "{error}"
    );
    assert!(error.message().len() < 500 && !error.message().contains('\x1b'));
}

#[test]
fn a_success_that_is_not_of_this_api_is_a_decode_error() {
    let mut call = Call::new(config(), executions::get("exec_1").unwrap());
    sent(call.step(NOW, Event::Start));
    let error = failed(call.step(
        NOW,
        Event::Answered(response(200, &[], "<html>login</html>")),
    ));
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().contains("<html>login</html>"));
}

#[test]
fn a_redirect_to_another_origin_is_followed_without_credential_and_headers() {
    let mut call = Call::new(config(), executions::get("exec_1").unwrap());
    let first = sent(call.step(NOW, Event::Start));
    assert!(first.bearer.is_some() && first.headers.iter().any(|(name, _)| name == "x-team"));
    let near = sent(call.step(NOW, redirect(302, "/elsewhere")));
    assert_eq!(
        (near.url.as_str(), near.bearer.is_some()),
        ("https://a.example/elsewhere", true)
    );
    let far = sent(call.step(NOW, redirect(302, "https://b.example/x")));
    assert!(far.bearer.is_none() && !far.headers.iter().any(|(name, _)| name == "x-team"));
    let back = sent(call.step(NOW, redirect(302, "https://a.example/x")));
    assert!(back.bearer.is_none(), "what was dropped stays dropped");
}

#[test]
fn another_port_or_name_of_the_same_host_is_another_origin() {
    for to in [
        "https://a.example:8443/",
        "https://a.example.evil.example/",
        "https://A.example./",
        "//b.example/",
    ] {
        let mut call = Call::new(config(), executions::get("exec_1").unwrap());
        sent(call.step(NOW, Event::Start));
        assert!(
            sent(call.step(NOW, redirect(307, to))).bearer.is_none(),
            "{to}"
        );
    }
}

#[test]
fn redirects_that_lose_encryption_repeat_an_action_or_never_end_are_refused() {
    for to in [
        "http://a.example/",
        "ftp://a.example/",
        "file:///etc/passwd",
    ] {
        let mut call = Call::new(config(), executions::get("exec_1").unwrap());
        sent(call.step(NOW, Event::Start));
        assert_eq!(
            failed(call.step(NOW, redirect(302, to))).kind(),
            ErrorKind::ApiError,
            "{to}"
        );
    }
    let mut post = Call::new(
        config(),
        pipelines::execute("pip_1", &v1::ExecuteRequest::default()).unwrap(),
    );
    sent(post.step(NOW, Event::Start));
    assert!(
        failed(post.step(NOW, redirect(307, "https://b.example/")))
            .message()
            .contains("https://b.example")
    );
    let mut endless = Call::new(config(), executions::get("exec_1").unwrap());
    sent(endless.step(NOW, Event::Start));
    for _ in 0..5 {
        sent(endless.step(NOW, redirect(302, "/again")));
    }
    assert!(
        failed(endless.step(NOW, redirect(302, "/again")))
            .message()
            .contains("more than 5")
    );
}

#[test]
fn failures_have_kinds_and_say_where() {
    for (failure, kind) in [
        (
            Failure::Connection("connection refused".to_owned()),
            ErrorKind::Connection,
        ),
        (
            Failure::Timeout(Duration::from_secs(30)),
            ErrorKind::Timeout,
        ),
        (Failure::TooLarge(7), ErrorKind::Decode),
        (Failure::Cancelled, ErrorKind::Cancelled),
    ] {
        let mut call = Call::new(config(), executions::get("exec_1").unwrap());
        sent(call.step(NOW, Event::Start));
        let error = failed(call.step(NOW, Event::Failed(failure)));
        assert_eq!(error.kind(), kind);
        assert!(
            kind == ErrorKind::Cancelled || error.message().contains("https://a.example"),
            "{error}"
        );
    }
}

fn execution(status: &str) -> Event {
    answer(200, json!({"id": "exec_1", "status": status}))
}

#[test]
fn a_wait_looks_at_once_and_then_after_growing_pauses_up_to_five_seconds() {
    let mut wait = Wait::new(config(), "exec_1", None, 7);
    sent(wait.step(NOW, Event::Start));
    for n in -4..16 {
        let status = if n % 2 == 0 { "running" } else { "hibernating" };
        let pause = slept(wait.step(NOW, execution(status))).as_secs_f64();
        let base = (0.25 * 1.5_f64.powi(n)).min(5.0);
        assert!((base * 0.9..=base * 1.1).contains(&pause), "{n}: {pause}");
        sent(wait.step(NOW, Event::Woke));
    }
    let over = done(wait.step(NOW, execution("failed"))).unwrap();
    assert_eq!(over.status, v1::ExecutionStatus::Failed);
}

#[test]
fn a_wait_that_runs_out_of_time_holds_what_it_saw_last() {
    let mut wait = Wait::new(config(), "exec_1", Some(Duration::from_millis(60)), 7);
    sent(wait.step(NOW, Event::Start));
    assert!(slept(wait.step(NOW, execution("running"))) <= Duration::from_millis(55));
    sent(wait.step(Duration::from_millis(50), Event::Woke));
    assert_eq!(
        slept(wait.step(Duration::from_millis(52), execution("running"))),
        Duration::from_millis(8)
    );
    sent(wait.step(Duration::from_millis(60), Event::Woke));
    let error = failed(wait.step(Duration::from_millis(70), execution("running")));
    assert_eq!(error.kind(), ErrorKind::WaitTimeout);
    assert_eq!(
        error.last_seen().unwrap().status,
        v1::ExecutionStatus::Running
    );
}

#[test]
fn a_wait_tolerates_five_transient_failures_in_a_row_and_no_other_failure() {
    let mut wait = Wait::new(config(), "exec_1", None, 7);
    sent(wait.step(NOW, Event::Start));
    for _ in 0..2 {
        for _ in 0..5 {
            slept(wait.step(NOW, Event::Failed(Failure::Connection("reset".to_owned()))));
            sent(wait.step(NOW, Event::Woke));
        }
        slept(wait.step(NOW, execution("running")));
        sent(wait.step(NOW, Event::Woke));
    }
    for _ in 0..5 {
        slept(wait.step(NOW, answer(503, json!({}))));
        sent(wait.step(NOW, Event::Woke));
    }
    assert_eq!(
        failed(wait.step(NOW, answer(503, json!({})))).status(),
        Some(503)
    );

    let mut wait = Wait::new(config(), "exec_1", None, 7);
    sent(wait.step(NOW, Event::Start));
    assert_eq!(
        failed(wait.step(NOW, answer(404, json!({})))).kind(),
        ErrorKind::ResourceNotFound
    );
}

fn page(lines: &[u64]) -> Event {
    page_of(lines, false)
}

/// A page that another follows.
fn more(lines: &[u64]) -> Event {
    page_of(lines, true)
}

fn page_of(lines: &[u64], has_more: bool) -> Event {
    let logs: Vec<_> = lines
        .iter()
        .map(|seq| {
            json!({"timestamp": "2024-12-01T16:00:00Z", "step": "a", "level": "info",
            "message": format!("line {seq}"), "seq": seq})
        })
        .collect();
    answer(
        200,
        json!({"logs": logs, "total_lines": 9, "has_more": has_more}),
    )
}

fn news(result: Result<Option<News>, Error>) -> Option<(Vec<u64>, Option<String>)> {
    let news = result.unwrap()?;
    let lines = news.lines.iter().map(|line| line.seq).collect();
    Some((
        lines,
        news.execution.map(|execution| execution.status.to_string()),
    ))
}

fn given(lines: &[u64], state: Option<&str>) -> Option<(Vec<u64>, Option<String>)> {
    Some((lines.to_vec(), state.map(str::to_owned)))
}

#[test]
fn an_execution_is_followed_to_its_end_with_nothing_lost_and_nothing_twice() {
    let filter = LogFilter {
        step: Some("a".to_owned()),
        ..LogFilter::default()
    };
    let mut follow = Follow::new(config(), "exec_1", filter, 0, 7);
    assert_eq!(
        sent(follow.step(NOW, Event::Start)).url.path(),
        "/prefix/v1/executions/exec_1"
    );
    assert_eq!(
        sent(follow.step(NOW, execution("running"))).url.query(),
        Some("step=a&after=0")
    );
    assert_eq!(
        news(done(follow.step(NOW, page(&[1, 2])))),
        given(&[1, 2], Some("running"))
    );
    // The next wish is not answered with a request at once: a chatty step must not become a flood of calls.
    slept(follow.step(NOW, Event::Start));
    sent(follow.step(NOW, Event::Woke));
    assert_eq!(
        sent(follow.step(NOW, execution("running"))).url.query(),
        Some("step=a&after=2")
    );
    // Repeated, out of order and without a place: dropped. The state is as it was: not given again.
    assert_eq!(
        news(done(follow.step(NOW, page(&[2, 5, 4, 0])))),
        given(&[5], None)
    );
    slept(follow.step(NOW, Event::Start));
    sent(follow.step(NOW, Event::Woke));
    sent(follow.step(NOW, execution("running")));
    slept(follow.step(NOW, page(&[])));
    sent(follow.step(NOW, Event::Woke));
    // Over; what was written before comes first, however many pages it takes.
    sent(follow.step(NOW, execution("completed")));
    assert_eq!(news(done(follow.step(NOW, more(&[6])))), given(&[6], None));
    assert_eq!(
        sent(follow.step(NOW, Event::Start)).url.query(),
        Some("step=a&after=6")
    );
    assert_eq!(
        news(done(follow.step(NOW, page(&[7])))),
        given(&[7], Some("completed"))
    );
    assert_eq!(news(done(follow.step(NOW, Event::Start))), None);
    assert_eq!(news(done(follow.step(NOW, Event::Start))), None);
}

#[test]
fn a_long_log_is_read_page_after_page_without_a_pause() {
    let mut follow = Follow::new(config(), "exec_1", LogFilter::default(), 0, 7);
    sent(follow.step(NOW, Event::Start));
    sent(follow.step(NOW, execution("running")));
    assert_eq!(news(done(follow.step(NOW, more(&[1])))), given(&[1], None));
    assert_eq!(
        sent(follow.step(NOW, Event::Start)).url.query(),
        Some("after=1")
    );
    assert_eq!(
        news(done(follow.step(NOW, page(&[2])))),
        given(&[2], Some("running"))
    );
}

#[test]
fn a_log_ends_with_the_error_that_ended_it() {
    let mut follow = Follow::new(config(), "exec_1", LogFilter::default(), 0, 7);
    sent(follow.step(NOW, Event::Start));
    slept(follow.step(NOW, answer(502, json!({}))));
    sent(follow.step(NOW, Event::Woke));
    assert_eq!(
        failed(follow.step(NOW, answer(401, json!({})))).kind(),
        ErrorKind::AuthenticationFailed
    );
    assert_eq!(news(done(follow.step(NOW, Event::Start))), None);
}

#[test]
fn a_wait_and_a_log_give_a_server_the_time_it_asks_for_up_to_a_minute() {
    let limited = |seconds| Event::Answered(response(429, &[("retry-after", seconds)], ""));
    let mut wait = Wait::new(config(), "exec_1", None, 7);
    let mut follow = Follow::new(config(), "exec_1", LogFilter::default(), 0, 7);
    sent(wait.step(NOW, Event::Start));
    sent(follow.step(NOW, Event::Start));
    let asked = Duration::from_secs(60);
    assert_eq!(slept(wait.step(NOW, limited("60"))), asked);
    assert_eq!(slept(follow.step(NOW, limited("60"))), asked);
    sent(wait.step(asked, Event::Woke));
    sent(follow.step(asked, Event::Woke));
    let kind = ErrorKind::RateLimitExceeded;
    assert_eq!(failed(wait.step(asked, limited("61"))).kind(), kind);
    assert_eq!(failed(follow.step(asked, limited("61"))).kind(), kind);
    // The caller's own time is not overrun for it.
    let mut wait = Wait::new(config(), "exec_1", Some(Duration::from_secs(5)), 7);
    sent(wait.step(NOW, Event::Start));
    assert_eq!(slept(wait.step(NOW, limited("60"))), Duration::from_secs(5));
}

#[test]
fn a_log_that_is_given_up_in_a_pause_goes_on_after_its_rest() {
    let mut follow = Follow::new(config(), "exec_1", LogFilter::default(), 0, 7);
    sent(follow.step(NOW, Event::Start));
    sent(follow.step(NOW, execution("running")));
    done(follow.step(NOW, page(&[1]))).unwrap();
    let pause = slept(follow.step(NOW, Event::Start));
    let later = pause / 4;
    assert_eq!(slept(follow.step(later, Event::Start)), pause - later);
    sent(follow.step(pause, Event::Start));
}

#[test]
fn options_out_of_range_are_refused_by_name() {
    let builder = || {
        ClientConfig::builder()
            .base_url("https://a.example")
            .api_key("k")
    };
    let zero = attest_core::client::Timeouts {
        connect: Duration::ZERO,
        ..Default::default()
    };
    for (builder, named) in [
        (ClientConfig::builder().api_key("k"), "ATTEST_BASE_URL"),
        (
            ClientConfig::builder().base_url("https://a.example"),
            "ATTEST_API_KEY",
        ),
        (builder().token("t"), "exactly one"),
        (builder().timeouts(zero), "connect"),
        (builder().header("Authorization", "x"), "Authorization"),
        (builder().header("x y", "x"), "x y"),
        (builder().header("x-y", "a\r\nb: c"), "x-y"),
        (builder().user_agent_suffix("\n"), "user agent"),
        (
            ClientConfig::builder()
                .base_url("https://a.example")
                .api_key(" "),
            "API key",
        ),
        (
            ClientConfig::builder()
                .base_url("https://a.example")
                .api_key("a\nb"),
            "API key",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains(named), "{error}");
    }
}

#[test]
fn the_environment_fills_only_what_was_not_given() {
    let read = |name: &str| match name {
        "ATTEST_BASE_URL" => Some("https://env.example".to_owned()),
        "ATTEST_TOKEN" => Some("env-token".to_owned()),
        _ => Some(String::new()),
    };
    let config = ClientConfig::builder().environment(read).build().unwrap();
    let request = sent(
        Call::new(Arc::new(config), executions::get("exec_1").unwrap()).step(NOW, Event::Start),
    );
    assert_eq!(request.url.host_str(), Some("env.example"));
    assert_eq!(request.bearer.unwrap().reveal(), "env-token");
    let config = ClientConfig::builder()
        .base_url("https://a.example")
        .api_key("mine")
        .environment(read)
        .build()
        .unwrap();
    let request = sent(
        Call::new(Arc::new(config), executions::get("exec_1").unwrap()).step(NOW, Event::Start),
    );
    assert_eq!(
        (request.url.host_str(), request.bearer.unwrap().reveal()),
        (Some("a.example"), "mine")
    );
}

#[test]
fn a_secret_shows_in_no_debug_output() {
    let builder = ClientConfig::builder()
        .base_url("https://a.example")
        .api_key("hunter2")
        .header("x-password", "hunter2")
        .proxy("http://me:hunter2@proxy.example");
    assert!(!format!("{builder:?}").contains("hunter2"));
    let config = builder.build().unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    let request = sent(
        Call::new(Arc::new(config), executions::get("exec_1").unwrap()).step(NOW, Event::Start),
    );
    assert!(!format!("{request:?}").contains("hunter2"), "{request:?}");
}

proptest! {
    #[test]
    fn no_id_leaves_its_place_in_the_path(id in ".{1,40}") {
        if let Ok(endpoint) = executions::get(&id) {
            let request = sent(Call::new(config(), endpoint).step(NOW, Event::Start));
            let parts: Vec<_> = request.url.path_segments().unwrap().collect();
            prop_assert_eq!(&parts[..3], &["prefix", "v1", "executions"]);
            prop_assert_eq!(parts.len(), 4);
            prop_assert!(request.url.query().is_none() && request.url.fragment().is_none());
        }
    }

    #[test]
    fn no_answer_makes_a_machine_panic_or_run_away(status in 100u16..600, body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let response = Response { body, ..response(status, &[("location", "/x")], "") };
        let mut wait = Wait::new(config(), "exec_1", Some(Duration::from_secs(1)), 1);
        let mut event = Event::Start;
        for n in 0..50u64 {
            event = match wait.step(Duration::from_millis(n * 40), event) {
                Action::Send(_) => Event::Answered(response.clone()),
                Action::Sleep(_) => Event::Woke,
                Action::Done(_) => return Ok(()),
            };
        }
        prop_assert!(false, "did not end");
    }
}
