//! The way of a source from its upload to the end of a run, while others make room between each two calls.

use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::archives::{archive, digest, missing, upload};
use crate::clock::Clock;
use crate::shop::Shop;
use crate::support::{Answer, until};

const HOUR: i64 = 3600;
const MINUTE: i64 = 60;

fn shop(clock: &Clock) -> Shop {
    Shop::with(&[], |config| attest_server::Config {
        host: clock.host(),
        ..config
    })
}

fn entries(files: &[(&str, &str)]) -> Value {
    let entry = |(path, text): &(&str, &str)| json!({"path": path, "kind": "file", "digest": digest(text.as_bytes())});
    json!({"entries": files.iter().map(entry).collect::<Vec<_>>()})
}

fn contents<'a>(files: &[(&str, &'a str)]) -> Vec<&'a [u8]> {
    files.iter().map(|(_, text)| text.as_bytes()).collect()
}

/// Removes whatever may go.
fn collect(shop: &Shop) -> Value {
    let everything = json!({"max_age_days": 0, "target_size_percent": 0, "aggressive": true});
    shop.server().post("/v1/cache/gc", &everything)
}

fn delete(shop: &Shop, text: &str) -> u16 {
    let path = format!("/v1/cache/objects/{}", digest(text.as_bytes()));
    shop.server().call("DELETE", &path, None).status
}

fn start(shop: &Shop, pipeline: &str, source: &Value) -> Answer {
    let path = format!("/v1/pipelines/{pipeline}/executions");
    let body = json!({"source": source});
    shop.server().call("POST", &path, Some(&body))
}

const FILES: [(&str, &str); 2] = [("a", "first\n"), ("d/b", "second\n")];

fn both() -> Value {
    json!([{"name": "s", "inputs": ["a", "d"], "outputs": ["out"], "run": "cat a d/b > out"}])
}

#[test]
fn what_each_call_promises_lasts_an_hour_until_the_next() {
    let clock = Clock::new();
    let shop = shop(&clock);
    let server = shop.server();
    let pipeline = server.pipeline(both());
    let nearly_an_hour = || {
        clock.advance(59 * MINUTE);
        collect(&shop);
    };
    upload(server, &archive(&contents(&FILES)));
    nearly_an_hour();
    let asked = FILES.map(|(_, text)| digest(text.as_bytes()));
    assert_eq!(missing(server, &asked), json!([]), "after the upload");
    nearly_an_hour();
    let source = server.post("/v1/sources", &entries(&FILES))["source"].clone();
    nearly_an_hour();
    let started = start(&shop, &pipeline, &source);
    assert_eq!(started.status, 202, "{}", started.text());
    let run = shop.finished(started.json()["execution_id"].as_str().unwrap());
    assert_eq!(shop.artifact(&run, "out"), "first\nsecond\n");
    nearly_an_hour();
    let again = start(&shop, &pipeline, &source);
    let again = shop.finished(again.json()["execution_id"].as_str().unwrap());
    assert_eq!(again.hits(), ["s"]);
    clock.advance(2 * HOUR);
    assert_ne!(collect(&shop)["deleted_objects"], 0);
    assert_eq!(
        collect(&shop)["deleted_objects"],
        0,
        "a second finds nothing"
    );
    assert_eq!(server.get("/v1/cache/stats")["total_entries"], 0);
}

#[test]
fn what_went_between_two_calls_is_asked_for_by_the_second_and_comes_back_with_an_upload() {
    let by_age: fn(&Shop, &Clock) = |shop, clock| {
        clock.advance(2 * HOUR);
        collect(shop);
    };
    let by_name: fn(&Shop, &Clock) = |shop, _| assert_eq!(delete(shop, "first\n"), 204);
    for (way, remove) in [("by age", by_age), ("by name", by_name)] {
        let clock = Clock::new();
        let shop = shop(&clock);
        let server = shop.server();
        let pipeline = server.pipeline(both());
        let bring = || assert_eq!(upload(server, &archive(&contents(&FILES))).status, 200);
        bring();
        remove(&shop, &clock);
        let refused = server.call("POST", "/v1/sources", Some(&entries(&FILES)));
        let lacking = refused.error(422, "UNPROCESSABLE")["details"]["missing"].clone();
        assert!(
            lacking
                .as_array()
                .unwrap()
                .contains(&json!(digest(b"first\n"))),
            "{way}: {lacking}"
        );
        bring();
        let source = server.post("/v1/sources", &entries(&FILES))["source"].clone();
        remove(&shop, &clock);
        let refused = start(&shop, &pipeline, &source).error(400, "VALIDATION_ERROR");
        assert_eq!(refused["details"]["field"], "source", "{way}");
        let issue = refused["details"]["issue"].as_str().unwrap();
        assert!(issue.contains("upload it"), "{way}: {issue}");
        bring();
        let source = server.post("/v1/sources", &entries(&FILES))["source"].clone();
        let started = start(&shop, &pipeline, &source).json();
        let run = shop.finished(started["execution_id"].as_str().unwrap());
        assert_eq!(shop.artifact(&run, "out"), "first\nsecond\n", "{way}");
        // What a hit would restore went as well: it is a miss, and right.
        remove(&shop, &clock);
        assert_eq!(delete(&shop, "first\nsecond\n") == 204, way == "by name");
        bring();
        let source = server.post("/v1/sources", &entries(&FILES))["source"].clone();
        let started = start(&shop, &pipeline, &source).json();
        let run = shop.finished(started["execution_id"].as_str().unwrap());
        assert_eq!((run.status(), run.hits()), ("completed", vec![]), "{way}");
        assert_eq!(shop.artifact(&run, "out"), "first\nsecond\n", "{way}");
    }
}

/// Clients that bring sources and run them, one who makes room and one who removes by name, all at once. Time jumps ahead
/// between two runs of a client, never within one: nobody outlives a promise of an hour here.
#[test]
fn whatever_clients_and_those_who_make_room_do_to_each_other_every_run_is_right() {
    const CLIENTS: usize = 3;
    const ROUNDS: usize = 8;
    let clock = Clock::new();
    let shop = shop(&clock);
    let (over, done, gone) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let time = RwLock::new(());
    let pipeline = shop.server().pipeline(both());
    let round = |client: usize, round: usize| {
        // Of two files one is everybody's, and one every third round's of this client.
        let own = format!("{client} {}\n", round % 3);
        let files = [("a", "first\n"), ("d/b", own.as_str())];
        let _still = time.read().unwrap();
        until("an execution to be accepted", || {
            let server = shop.server();
            let asked = files.map(|(_, text)| digest(text.as_bytes()));
            let lacking = missing(server, &asked);
            let sent = files
                .iter()
                .map(|(_, text)| text.as_bytes())
                .filter(|content| {
                    lacking
                        .as_array()
                        .unwrap()
                        .contains(&json!(digest(content)))
                });
            let sent = archive(&sent.collect::<Vec<_>>());
            assert_eq!(upload(server, &sent).status, 200);
            let made = server.call("POST", "/v1/sources", Some(&entries(&files)));
            if made.status == 422 {
                return None;
            }
            assert_eq!(made.status, 201, "{}", made.text());
            let started = start(&shop, &pipeline, &made.json()["source"]);
            if started.status == 400 {
                assert_eq!(started.json()["error"]["details"]["field"], "source");
                return None;
            }
            assert_eq!(started.status, 202, "{}", started.text());
            let run = shop.finished(started.json()["execution_id"].as_str().unwrap());
            assert_eq!(run.status(), "completed", "{}", run.execution);
            let path = format!("/v1/executions/{}/artifacts/out", run.id());
            let out = server.call("GET", &path, None);
            let removed = out.status == 404;
            assert!(
                removed || out.text() == format!("first\n{own}"),
                "{}",
                out.text()
            );
            let attested = &run.receipt["provenance"]["artifacts"][0]["digest"];
            assert_eq!(*attested, digest(format!("first\n{own}").as_bytes()));
            done.fetch_add(1, Ordering::SeqCst);
            Some(run.hits().len())
        })
    };
    let served: usize = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                scope.spawn(move || (0..ROUNDS).map(|at| round(client, at)).sum::<usize>())
            })
            .collect();
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                let removed = collect(&shop)["deleted_objects"].as_u64().unwrap();
                gone.fetch_add(removed, Ordering::SeqCst);
            }
        });
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                for text in ["first\n", "1 0\n", "first\n1 0\n"] {
                    let status = delete(&shop, text);
                    assert!([204, 404, 409].contains(&status), "{status}");
                }
            }
        });
        scope.spawn(|| {
            let mut seen = 0;
            while !over.load(Ordering::SeqCst) {
                // Once per run at most: file systems do not count past some century.
                let now = done.load(Ordering::SeqCst);
                if now != seen {
                    seen = now;
                    let _moving = time.write().unwrap();
                    clock.advance(2 * HOUR);
                }
                std::thread::yield_now();
            }
        });
        let ended: Vec<_> = clients.into_iter().map(|client| client.join()).collect();
        over.store(true, Ordering::SeqCst);
        ended.into_iter().map(|client| client.unwrap()).sum()
    });
    assert!(served <= CLIENTS * ROUNDS);
    assert_ne!(gone.into_inner(), 0, "nothing was ever collected");
}
