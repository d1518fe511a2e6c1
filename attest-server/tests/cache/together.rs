//! The cache while others use it, and while it is emptied.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::clock::Clock;
use crate::shop::Shop;
use crate::support::until;

#[test]
fn two_executions_of_the_same_step_at_once_both_run_and_the_first_result_is_kept() {
    let shop = Shop::new(&[]);
    let (meeting, leaving) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (dir, out) = (meeting.path().display(), leaving.path().display());
    // Each waits for the other, and what they leave differs; one of them goes on when the other's end is stored.
    let steps = json!([{"name": "s", "outputs": ["out"], "run": format!(
        "touch {dir}/$$; while [ $(ls {dir} | wc -l) -lt 2 ]; do sleep 0.01; done; echo $$ > out; cat out; \
         mkdir {out}/first || while ! test -e {out}/go; do sleep 0.01; done")}]);
    let pipeline = shop.server().pipeline(steps.clone());
    let started = [(); 2].map(|()| shop.server().execute(&pipeline, &json!({})));
    let first = until("one of them to end", || {
        started.iter().position(|id| {
            let seen = shop.server().get(&format!("/v1/executions/{id}"));
            seen["status"] == "completed"
        })
    });
    std::fs::write(leaving.path().join("go"), "").unwrap();
    let ran = started.map(|id| shop.finished(&id));
    for run in &ran {
        assert_eq!((run.status(), run.hits()), ("completed", vec![]));
    }
    let outs = ran.each_ref().map(|run| shop.artifact(run, "out"));
    assert_ne!(outs[0], outs[1]);
    let served = shop.run(&steps);
    assert_eq!(served.hits(), ["s"]);
    let log = shop.log(&served, "s");
    assert_eq!(log[0].1, format!("cached: from {}", ran[first].id()));
    assert_eq!(shop.artifact(&served, "out"), outs[first]);
    assert_eq!(served.attested("s")["stdout"], outs[first].as_str());
}

#[test]
fn steps_that_were_looked_up_are_counted() {
    let shop = Shop::new(&[]);
    let steps = json!([
        {"name": "a", "run": "true"}, {"name": "b", "run": "true # b"},
        {"name": "off", "run": "true # off", "cache": false},
    ]);
    let rates = || {
        let stats = shop.server().get("/v1/cache/stats");
        (
            stats["hit_rate"].as_f64().unwrap(),
            stats["miss_rate"].as_f64().unwrap(),
        )
    };
    shop.run(&steps);
    assert_eq!(rates(), (0.0, 1.0));
    shop.run(&steps);
    assert_eq!(rates(), (0.5, 0.5));
}

#[test]
fn a_hit_promises_its_files_to_the_run_before_any_row_names_them() {
    let clock = Clock::new();
    let shop = Shop::with(&[], |config| attest_server::Config {
        host: clock.host(),
        ..config
    });
    let steps = json!([{"name": "s", "run": "echo s > out", "outputs": ["out"]}]);
    shop.run(&steps);
    let digest = attest_core::digest::Digest::of(b"s\n").to_string();
    let marked = || std::fs::metadata(shop.blob(&digest)).unwrap().modified();
    let before = marked().unwrap();
    clock.advance(2 * 3600);
    assert_eq!(shop.run(&steps).hits(), ["s"]);
    let later = marked().unwrap().duration_since(before).unwrap();
    assert!(later.as_secs() >= 2 * 3600, "{later:?}");
}

#[test]
fn emptying_the_cache_under_a_run_never_makes_it_wrong() {
    let clock = Clock::new();
    let shop = Shop::with(&[("a", "A")], |config| attest_server::Config {
        host: clock.host(),
        ..config
    });
    let steps = json!([
        {"name": "one", "inputs": ["a"], "outputs": ["d/one"], "run": "mkdir -p d; cat a > d/one; echo one"},
        {"name": "two", "needs": ["one"], "inputs": ["d"], "outputs": ["d2"], "run": "mkdir d2; cp d/one d2/x; cp a d2/y"},
        {"name": "three", "needs": ["two"], "inputs": ["d2"], "outputs": ["end"], "run": "cat d2/x d2/y > end"},
    ]);
    let files =
        ["A", "AA"].map(|text| attest_core::digest::Digest::of(text.as_bytes()).to_string());
    let mut served = 0;
    for round in 0..12 {
        // In the first of three rounds whatever lies there may go, unless this very run takes it up. In the last, files
        // are also removed by name.
        if round % 3 == 0 {
            clock.advance(2 * 3600);
        }
        let over = AtomicBool::new(false);
        let run = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    let all = json!({"aggressive": true, "target_size_percent": 0});
                    let collected = shop.server().call("POST", "/v1/cache/gc", Some(&all));
                    assert!(
                        [200, 409].contains(&collected.status),
                        "{}",
                        collected.text()
                    );
                    for digest in files.iter().filter(|_| round % 3 == 2) {
                        let path = format!("/v1/cache/objects/{digest}");
                        let removed = shop.server().call("DELETE", &path, None).status;
                        assert!([204, 404, 409].contains(&removed), "{removed}");
                    }
                }
            });
            let run = shop.run(&steps);
            over.store(true, Ordering::SeqCst);
            run
        });
        served += run.hits().len();
        assert_ne!(
            run.execution["failure"]["reason"], "outputs_lost",
            "{}",
            run.execution
        );
        assert_eq!(run.status(), "completed", "{}", run.execution);
        let path = format!("/v1/executions/{}/artifacts/end", run.id());
        let end = shop.server().call("GET", &path, None);
        assert!(end.status == 404 || end.text() == "AA", "{}", end.text());
    }
    assert!(
        (1..36).contains(&served),
        "{served} of 36 steps were served"
    );
    until("hits without the collector", || {
        (shop.run(&steps).hits().len() == 3).then_some(())
    });
}
