//! Answers that are held back until there is something to tell.

use std::thread;

use attest_server::{Config, Host, Server};
use chrono::DateTime;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::support::{Answer, TestServer, config, one_step, pipeline, raw, until};

struct Queued {
    server: TestServer,
    path: String,
    _data: tempfile::TempDir,
}

/// An execution that never begins: there are no workers.
fn queued() -> Queued {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let execution = server.execute(&server.pipeline(one_step()), &json!({}));
    Queued {
        server,
        path: format!("/v1/executions/{execution}"),
        _data: data,
    }
}

impl Queued {
    fn look(&self, headers: &[(&str, &str)]) -> Answer {
        self.server.call_with("GET", &self.path, headers, None)
    }

    fn tag(&self) -> String {
        self.look(&[]).header("etag").unwrap().to_owned()
    }

    fn cancel(&self) {
        self.server
            .post(&format!("{}/cancel", self.path), &json!({}));
    }
}

fn status(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["status"].clone()
}

#[test]
fn an_answer_is_held_back_until_the_execution_is_over() {
    let it = queued();
    // Of what it was before it ended.
    let tag = it.tag();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| it.look(&[("Prefer", "wait=50")]));
        let listening = scope.spawn(|| it.look(&[("Prefer", "wait=50"), ("If-None-Match", &tag)]));
        it.cancel();
        assert_eq!(status(&waiting.join().unwrap()), "cancelled");
        assert_eq!(status(&listening.join().unwrap()), "cancelled");
    });
    // It is over: nobody waits any more.
    assert_eq!(status(&it.look(&[("Prefer", "wait=50")])), "cancelled");
}

#[test]
fn what_is_not_as_the_caller_knows_it_is_told_without_waiting_for_the_end() {
    let it = queued();
    let headers = [("Prefer", "wait=50"), ("If-None-Match", "\"of-before\"")];
    assert_eq!(status(&it.look(&headers)), "queued");
}

#[test]
fn what_is_as_the_caller_knows_it_is_not_sent_again() {
    let it = queued();
    let tag = it.tag();
    assert_eq!(it.tag(), tag, "nothing has changed");
    let again = it.look(&[("If-None-Match", &tag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    let again = it.look(&[("If-None-Match", &tag), ("Prefer", "wait=1")]);
    assert_eq!(
        (again.status, again.header("etag")),
        (304, Some(tag.as_str()))
    );
    it.cancel();
    assert_eq!(status(&it.look(&[("If-None-Match", &tag)])), "cancelled");
}

#[test]
fn a_server_that_stops_answers_who_waits() {
    let data = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        // At a moment that does not pass, calls are counted without end.
        host: Host::new(|| DateTime::UNIX_EPOCH, |bytes| Ok(getrandom::fill(bytes)?)),
        ..config(data.path())
    };
    let server = runtime.block_on(Server::start(config)).unwrap();
    let address = server.address();
    let key = std::fs::read_to_string(data.path().join("admin-key")).unwrap();
    let authorization = format!("Bearer {}", key.trim());
    let (stop, stopped) = oneshot::channel::<()>();
    let running = runtime.spawn(server.run(async move { drop(stopped.await) }));
    let call = move |method: &str, path: &str, headers: &[(&str, &str)], body: &Value| {
        let mut all = vec![
            ("Authorization", authorization.as_str()),
            ("Content-Type", "application/json"),
        ];
        all.extend(headers);
        raw(address, method, path, &all, body.to_string().as_bytes())
    };
    let made = call("POST", "/v1/pipelines", &[], &pipeline("p", one_step())).json();
    let path = format!("/v1/pipelines/{}/executions", made["id"].as_str().unwrap());
    let started = call("POST", &path, &[], &json!({})).json();
    let path = format!(
        "/v1/executions/{}",
        started["execution_id"].as_str().unwrap()
    );
    let left = |answer: &Answer| -> i64 {
        let left = answer.header("x-ratelimit-remaining").unwrap();
        left.parse().unwrap()
    };

    let before = left(&call("GET", &path, &[], &json!({})));
    let (ask, wanted) = (call.clone(), path.clone());
    let waiting = thread::spawn(move || ask("GET", &wanted, &[("Prefer", "wait=50")], &json!({})));
    // Until a call is counted that is none of these.
    let mut own = 0;
    until("the call to arrive", || {
        own += 1;
        (left(&call("GET", &path, &[], &json!({}))) < before - own).then_some(())
    });
    stop.send(()).unwrap();
    runtime.block_on(running).unwrap().unwrap();
    // Whoever has no answer by now gets none.
    drop(runtime);
    assert_eq!(status(&waiting.join().unwrap()), "queued");
}
