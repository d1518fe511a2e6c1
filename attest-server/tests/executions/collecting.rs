//! Making room while executions run: nothing that is in use goes, and what goes is told from what was lost.

use attest_core::digest::Digest;
use serde_json::{Value, json};

use crate::Workshop;
use crate::clock::Clock;
use crate::support::{TestServer, until};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// A workshop whose clock the test moves.
fn workshop(clock: &Clock) -> Workshop {
    Workshop::with(&[("main.txt", "first\n")], |config| attest_server::Config {
        host: clock.host(),
        ..config
    })
}

/// Collects as much as there can be collected.
fn collect(server: &TestServer) -> Value {
    let everything = json!({"max_age_days": 0, "target_size_percent": 0, "aggressive": true});
    server.post("/v1/cache/gc", &everything)
}

fn artifact(execution: &str, path: &str) -> String {
    format!("/v1/executions/{execution}/artifacts/{path}")
}

/// Stores these contents.
fn upload(server: &TestServer, contents: &[&[u8]]) {
    let mut builder = tar::Builder::new(Vec::new());
    for content in contents {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        let name = Digest::of(content).to_string();
        builder.append_data(&mut header, name, *content).unwrap();
    }
    let body = builder.into_inner().unwrap();
    let tar = [("Content-Type", "application/x-tar")];
    let answer = server.send("POST", "/v1/cache/objects", &tar, &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn lacks(server: &TestServer, content: &[u8]) -> bool {
    let asked = json!({"digests": [Digest::of(content).to_string()]});
    server.post("/v1/cache/objects/missing", &asked)["missing"] != json!([])
}

/// Steps of which the last waits until `gate` has a file `go`.
fn gated(gate: &std::path::Path) -> Value {
    json!([
        {"name": "make", "run": "sed s/first/made/ main.txt > made.txt", "inputs": ["main.txt"],
         "outputs": ["made.txt"]},
        {"name": "wait", "needs": ["make"], "inputs": ["made.txt"], "outputs": ["end"],
         "run": format!("echo up; while ! test -e {}/go; do sleep 0.01; done; cat main.txt made.txt > end", gate.display())},
        {"name": "after", "needs": ["wait", "make"], "inputs": ["made.txt", "end"], "outputs": ["last.txt"],
         "run": "cat main.txt made.txt end > last.txt"},
    ])
}

/// Returns once the execution's [`gated`] step waits.
fn is_waiting(server: &TestServer, execution: &str) {
    until("the second step to run", || {
        let logs = server.get(&format!("/v1/executions/{execution}/logs"));
        let mut lines = logs["logs"].as_array().unwrap().iter();
        lines.any(|line| line["message"] == "up").then_some(())
    });
}

#[test]
fn nothing_that_a_running_or_queued_execution_needs_goes_nor_what_was_just_uploaded() {
    let (clock, gate) = (Clock::new(), tempfile::tempdir().unwrap());
    let shop = Workshop::with(&[("main.txt", "first\n")], |config| attest_server::Config {
        host: clock.host(),
        workers: 1,
        ..config
    });
    let server = &shop.server;
    let old = shop.run(json!([{"name": "a", "run": "echo old > old.txt", "outputs": ["old.txt"]}]));
    let old = old["id"].as_str().unwrap();
    upload(server, &[b"stray"]);
    clock.advance(40 * DAY);

    let pipeline = server.pipeline(gated(gate.path()));
    let running = server.execute(&pipeline, &json!({}));
    is_waiting(server, &running);
    // The operator's directory moves on; what was accepted does not.
    std::fs::write(shop.source.path().join("main.txt"), "first again\n").unwrap();
    let queued = server.execute(&pipeline, &json!({"options": {"cache": false}}));
    assert_eq!(
        server.get(&format!("/v1/executions/{queued}"))["status"],
        "queued"
    );
    std::fs::write(shop.source.path().join("main.txt"), "third\n").unwrap();
    clock.advance(3 * HOUR);
    upload(server, &[b"fresh"]);

    let collected = collect(server);
    assert_ne!(collected["deleted_objects"], 0, "{collected}");
    assert!(lacks(server, b"stray"));
    assert!(!lacks(server, b"fresh"));
    let again = collect(server);
    assert_eq!(
        (&again["deleted_objects"], &again["freed_bytes"]),
        (&json!(0), &json!(0)),
        "a second collection finds nothing"
    );
    assert_eq!(again["total_size_bytes"], collected["total_size_bytes"]);

    std::fs::write(gate.path().join("go"), "").unwrap();
    for (execution, first) in [(&running, "first"), (&queued, "first again")] {
        let ended = server.ended(execution);
        assert_eq!(ended["status"], "completed", "{ended}");
        let last = server.call("GET", &artifact(execution, "last.txt"), None);
        let made = first.replace("first", "made");
        assert_eq!(last.text(), format!("{first}\n{made}\n{first}\n{made}\n"));
        let receipt = server.get(&format!("/v1/executions/{execution}/receipt"));
        let report = server.post(
            "/v1/receipts/verify",
            &json!({"receipt": receipt["receipt"]}),
        );
        assert_eq!(report["valid"], true, "{report}");
    }
    assert_eq!(
        collect(server)["deleted_objects"],
        0,
        "they ended within the hour"
    );

    let path = artifact(old, "old.txt");
    let gone = server
        .call("GET", &path, None)
        .error(404, "RESOURCE_NOT_FOUND");
    assert_eq!(gone["details"]["reason"], "collected");
    let list = server.call("GET", &format!("/v1/executions/{old}/artifacts"), None);
    assert_eq!(
        list.error(404, "RESOURCE_NOT_FOUND")["details"]["reason"],
        "collected"
    );
    server.get(&format!("/v1/executions/{old}/receipt"));
    server.get(&format!("/v1/executions/{old}/logs"));
}

#[test]
fn executions_run_to_their_end_however_often_room_is_made_meanwhile() {
    let clock = Clock::new();
    let shop = workshop(&clock);
    let server = &shop.server;
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let collector = scope.spawn(|| {
            let mut removed = 0;
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                removed += collect(server)["deleted_objects"].as_u64().unwrap();
            }
            removed
        });
        for round in 0..4 {
            let gate = tempfile::tempdir().unwrap();
            let text = format!("first {round}\n");
            std::fs::write(shop.source.path().join("main.txt"), &text).unwrap();
            let pipeline = server.pipeline(gated(gate.path()));
            let executions: Vec<String> = (0..4)
                .map(|_| server.execute(&pipeline, &json!({})))
                .collect();
            // No hour passes between a step's end and its record: wait until none is there.
            for execution in &executions {
                is_waiting(server, execution);
            }
            clock.advance(3 * HOUR);
            std::fs::write(gate.path().join("go"), "").unwrap();
            for execution in &executions {
                let ended = server.ended(execution);
                assert_eq!(ended["status"], "completed", "{ended}");
                let last = server.call("GET", &artifact(execution, "last.txt"), None);
                assert_eq!(last.status, 200, "{}", last.text());
                assert!(last.text().starts_with(&text));
            }
            clock.advance(3 * HOUR);
        }
        until("something to be collected", || {
            let stats = server.get("/v1/cache/stats");
            (stats["total_entries"].as_u64().unwrap() < 20).then_some(())
        });
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_ne!(collector.join().unwrap(), 0);
    });
}

#[test]
fn one_collection_runs_at_a_time() {
    let shop = workshop(&Clock::new());
    let server = &shop.server;
    let contents: Vec<[u8; 4]> = (0..3000_u32).map(u32::to_le_bytes).collect();
    upload(server, &contents.iter().map(|c| &c[..]).collect::<Vec<_>>());
    let refused = until("two collections to meet", || {
        std::thread::scope(|scope| {
            let calls: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| server.call("POST", "/v1/cache/gc", None)))
                .collect();
            let mut answers: Vec<_> = calls.into_iter().map(|call| call.join().unwrap()).collect();
            assert!(answers.iter().any(|answer| answer.status == 200));
            answers.retain(|answer| answer.status != 200);
            answers.pop()
        })
    });
    let error = refused.error(409, "CONFLICT");
    assert_eq!(error["details"]["reason"], "busy");
    assert!(refused.header("retry-after").is_some());
}

#[test]
fn an_object_in_use_is_not_removed_by_name_and_is_once_nothing_runs() {
    let (clock, gate) = (Clock::new(), tempfile::tempdir().unwrap());
    let shop = workshop(&clock);
    let server = &shop.server;
    upload(server, &[b"stray"]);
    let execution = server.execute(&server.pipeline(gated(gate.path())), &json!({}));
    is_waiting(server, &execution);
    let delete = |content: &[u8]| {
        let path = format!("/v1/cache/objects/{}", Digest::of(content));
        server.call("DELETE", &path, None)
    };
    for (content, what) in [(&b"first\n"[..], "a source file"), (b"made\n", "an output")] {
        let error = delete(content).error(409, "CONFLICT");
        assert_eq!(error["details"]["reason"], "needed", "{what}");
        assert_eq!(error["details"]["execution_id"], execution);
    }
    // It might be what a step has just left: no row says so yet.
    let error = delete(b"stray").error(409, "CONFLICT");
    assert_eq!(error["details"]["reason"], "recent");
    clock.advance(2 * HOUR);
    assert_eq!(delete(b"stray").status, 204);
    assert_eq!(delete(b"first\n").status, 409, "however old it is");
    delete(b"absent").error(404, "RESOURCE_NOT_FOUND");

    std::fs::write(gate.path().join("go"), "").unwrap();
    assert_eq!(server.ended(&execution)["status"], "completed");
    assert_eq!(delete(b"made\n").status, 204);
    let gone = server.call("GET", &artifact(&execution, "made.txt"), None);
    assert_eq!(
        gone.error(404, "RESOURCE_NOT_FOUND")["details"]["reason"],
        "collected"
    );
    assert_eq!(
        server
            .call("GET", &artifact(&execution, "end"), None)
            .status,
        200
    );
}

#[test]
fn what_a_queued_execution_waits_for_is_not_removed_by_name_until_it_is_cancelled() {
    let clock = Clock::new();
    let shop = Workshop::with(&[("main.txt", "first\n")], |config| attest_server::Config {
        host: clock.host(),
        workers: 0,
        ..config
    });
    let server = &shop.server;
    let steps = json!([{"name": "s", "run": "cat main.txt", "inputs": ["main.txt"]}]);
    let queued = server.execute(&server.pipeline(steps), &json!({}));
    clock.advance(DAY);
    let path = format!("/v1/cache/objects/{}", Digest::of(b"first\n"));
    let refused = server.call("DELETE", &path, None).error(409, "CONFLICT");
    assert_eq!(refused["details"]["reason"], "needed");
    assert_eq!(refused["details"]["execution_id"], queued);
    server.post(&format!("/v1/executions/{queued}/cancel"), &json!({}));
    assert_eq!(server.call("DELETE", &path, None).status, 204);
}

#[test]
fn a_collection_goes_by_age_alone_unless_it_is_to_reach_a_size() {
    let clock = Clock::new();
    let shop = Workshop::with(&[], |config| attest_server::Config {
        host: clock.host(),
        cache_max_bytes: 150_000,
        ..config
    });
    let server = &shop.server;
    let run = |letter: &str| {
        let make = format!("head -c 100000 /dev/zero | tr '\\0' {letter} > {letter}");
        let ended = shop.run(json!([{"name": "a", "run": make, "outputs": [letter]}]));
        clock.advance(DAY);
        ended["id"].as_str().unwrap().to_owned()
    };
    let (first, second) = (run("a"), run("b"));
    let default = server.post("/v1/cache/gc", &json!({"target_size_percent": 0}));
    assert_eq!(
        default["deleted_objects"], 0,
        "nothing is 30 days old: {default}"
    );
    let aggressive = server.post("/v1/cache/gc", &json!({"aggressive": true}));
    assert!(
        aggressive["freed_bytes"].as_u64().unwrap() >= 100_000,
        "{aggressive}"
    );
    let left = aggressive["total_size_bytes"].as_u64().unwrap();
    assert!((100_000..150_000).contains(&left), "{aggressive}");
    let status =
        |execution: &str, path| server.call("GET", &artifact(execution, path), None).status;
    assert_eq!(
        (status(&first, "a"), status(&second, "b")),
        (404, 200),
        "the older goes"
    );
    // What was just uploaded stays, and takes its part of the room.
    let (fresh, other) = (vec![1; 30_000], vec![2; 30_000]);
    upload(server, &[&fresh]);
    server.post("/v1/cache/gc", &json!({"aggressive": true}));
    assert_eq!(status(&second, "b"), 200);
    upload(server, &[&other]);
    server.post("/v1/cache/gc", &json!({"aggressive": true}));
    assert_eq!(status(&second, "b"), 404);
    assert!(!lacks(server, &fresh) && !lacks(server, &other));
    clock.advance(DAY);
    let less = json!({"aggressive": true, "target_size_percent": 10});
    server.post("/v1/cache/gc", &less);
    assert!(lacks(server, &fresh) && lacks(server, &other));
}

#[test]
fn outputs_that_were_damaged_are_told_from_those_that_were_collected() {
    let clock = Clock::new();
    let shop = workshop(&clock);
    let server = &shop.server;
    let steps = json!([{"name": "a", "run": "echo out > out; echo other > other", "outputs": ["out", "other"]}]);
    let id = shop.run(steps)["id"].as_str().unwrap().to_owned();
    let blob = |content: &[u8]| {
        let hex = Digest::of(content).hex();
        shop.data
            .path()
            .join("blobs")
            .join(&hex[..2])
            .join(&hex[2..4])
            .join(hex)
    };
    let reason = |path: &str| {
        let error = server
            .call("GET", path, None)
            .error(404, "RESOURCE_NOT_FOUND");
        error["details"]["reason"].as_str().unwrap().to_owned()
    };
    std::fs::write(blob(b"out\n"), "OUT\n").unwrap();
    for _ in 0..2 {
        assert_eq!(
            reason(&artifact(&id, "out")),
            "damaged",
            "also when it lies in quarantine"
        );
    }
    server.call(
        "DELETE",
        &format!("/v1/cache/objects/{}", Digest::of(b"other\n")),
        None,
    );
    assert_eq!(reason(&artifact(&id, "other")), "collected");
    clock.advance(40 * DAY);
    collect(server);
    let list = format!("/v1/executions/{id}/artifacts");
    assert_eq!(
        (reason(&list), reason(&artifact(&id, "out"))),
        ("collected".into(), "collected".into())
    );
    let quarantine = shop.data.path().join("blobs/quarantine");
    assert_eq!(
        std::fs::read_dir(quarantine).unwrap().count(),
        0,
        "cleared with what is as old"
    );
}

#[test]
fn a_cached_step_keeps_its_outputs_while_it_is_used_and_runs_again_once_they_went() {
    let clock = Clock::new();
    let shop = workshop(&clock);
    let run = || {
        let ended = shop.run(json!([
            {"name": "a", "run": "date +%N > out", "inputs": ["main.txt"], "outputs": ["out"]},
        ]));
        assert_eq!(ended["status"], "completed", "{ended}");
        let id = ended["id"].as_str().unwrap();
        let out = shop.server.call("GET", &artifact(id, "out"), None).text();
        (ended["steps"][0]["cache_hit"] == true, out)
    };
    let gc = || {
        shop.server
            .post("/v1/cache/gc", &json!({"max_age_days": 30}))
    };
    let (hit, first) = run();
    assert!(!hit);
    for _ in 0..3 {
        clock.advance(20 * DAY);
        assert_eq!(run(), (true, first.clone()));
        assert_eq!(gc()["deleted_objects"], 0);
    }
    clock.advance(40 * DAY);
    assert_ne!(gc()["deleted_objects"], 0);
    let (hit, second) = run();
    assert!(!hit && second != first);
    assert_eq!(run(), (true, second));
}

#[test]
fn a_description_of_outputs_that_was_changed_lists_and_serves_nothing() {
    let shop = workshop(&Clock::new());
    let ended = shop.run(json!([{"name": "a", "run": "echo out > out", "outputs": ["out"]}]));
    let id = ended["id"].as_str().unwrap();
    let mut changed = 0;
    let mut directories = vec![shop.data.path().join("blobs")];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                directories.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            if text.contains("\"manifest\"") {
                std::fs::write(&path, text.replace("\"out\"", "\"in\"")).unwrap();
                changed += 1;
            }
        }
    }
    assert_eq!(changed, 1);
    for path in ["", "/out", "/in"] {
        let path = format!("/v1/executions/{id}/artifacts{path}");
        let error = shop
            .server
            .call("GET", &path, None)
            .error(404, "RESOURCE_NOT_FOUND");
        assert_eq!(error["details"]["reason"], "damaged", "{path}");
    }
}
