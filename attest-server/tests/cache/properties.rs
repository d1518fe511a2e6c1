//! The law of the cache: with it and without it, a run leaves the same files and the same receipt but for times, ids and
//! `cache_hit`. Random edits to random pipelines, whose steps look at whatever they can reach, declared or not; among the
//! edits is damage to what is stored, which must show in nothing.
//!
//! A broken law is shown as the smallest project and edits that break it, with the seed that repeats the whole search:
//! cases share one cache, as projects do.

use std::path::PathBuf;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value, json};

use crate::projects::{Edit, STEPS, edit, project};
use crate::shop::{Run, Shop};

/// All that a run left, without what may differ.
fn outcome(shop: &Shop, run: &Run) -> Value {
    let mut receipt = run.receipt.clone();
    if let Some(body) = receipt.as_object_mut() {
        for field in ["timestamp", "total_duration_secs", "signature"] {
            assert!(body.remove(field).is_some(), "{field}");
        }
        let provenance = body["provenance"].as_object_mut().unwrap();
        for field in ["invocation_id", "started_at"] {
            assert!(provenance.remove(field).is_some(), "{field}");
        }
        for step in body["steps"].as_array_mut().unwrap() {
            for field in ["duration_secs", "cache_hit"] {
                assert!(
                    step.as_object_mut().unwrap().remove(field).is_some(),
                    "{field}"
                );
            }
        }
    }
    let artifacts = shop
        .server()
        .get(&format!("/v1/executions/{}/artifacts", run.id()));
    let logs: Vec<Value> = (0..STEPS)
        .map(|at| log(shop, run, &format!("s{at}")))
        .collect();
    json!({
        "status": run.status(), "exit_code": run.execution["exit_code"],
        "reason": run.execution["failure"]["reason"],
        "receipt": receipt, "artifacts": artifacts, "logs": logs,
    })
}

/// By stream: which of two streams a line came from first is chance.
fn log(shop: &Shop, run: &Run, step: &str) -> Value {
    let lines = shop.log(run, step);
    let of = |stream: &str| -> Vec<&str> {
        lines
            .iter()
            .filter(|(from, text)| from == stream && !text.starts_with("cached: from "))
            .map(|(_, text)| text.as_str())
            .collect()
    };
    json!([of("stdout"), of("stderr")])
}

/// Changes a byte of a file that the run left; whether it left one.
fn damage(shop: &Shop, run: &Run, number: usize) -> bool {
    let artifacts = shop
        .server()
        .get(&format!("/v1/executions/{}/artifacts", run.id()));
    let left: Vec<PathBuf> = artifacts["artifacts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|artifact| artifact["kind"] == "file")
        .map(|artifact| shop.blob(artifact["digest"].as_str().unwrap()))
        .collect();
    let Some(blob) = left.get(number % left.len().max(1)) else {
        return false;
    };
    let mut content = std::fs::read(blob).unwrap();
    let at = number % content.len();
    content[at] ^= 1;
    std::fs::write(blob, content).unwrap();
    true
}

#[test]
fn with_and_without_the_cache_a_run_leaves_the_same() {
    let shop = Shop::new(&[]);
    let mut config = Config {
        cases: 20,
        max_shrink_iters: 40,
        failure_persistence: None,
        // From PROPTEST_RNG_SEED, where that is set.
        ..Config::default()
    };
    if config.rng_seed == RngSeed::Random {
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).unwrap();
        config.rng_seed = RngSeed::Fixed(u64::from_le_bytes(seed));
    }
    let RngSeed::Fixed(seed) = config.rng_seed else {
        panic!("no seed");
    };
    let mut runner = TestRunner::new(config);
    let (served, damaged) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let cases = (project(), proptest::collection::vec(edit(), 1..5));
    let law = runner.run(&cases, |(mut project, edits)| {
        // The last run has nothing new to see.
        let edits = [Edit::Nothing]
            .into_iter()
            .chain(edits)
            .chain([Edit::Nothing]);
        let mut last: Option<Run> = None;
        for edit in edits {
            project.edit(&edit);
            if let (Edit::Damage(number), Some(run)) = (&edit, &last) {
                damaged.set(damaged.get() + usize::from(damage(&shop, run, *number)));
            }
            project.write(shop.source.path());
            let made = shop.server().post(
                "/v1/pipelines",
                &json!({"name": "p", "config": project.config()}),
            );
            let pipeline = made["id"].as_str().unwrap();
            let without = json!({"options": {"cache": false}});
            let ids = [json!({}), without].map(|request| shop.server().execute(pipeline, &request));
            let [with, without] = ids.map(|id| shop.finished(&id));
            prop_assert!(without.hits().is_empty());
            prop_assert_eq!(
                serde_json::to_string_pretty(&outcome(&shop, &with)).unwrap(),
                serde_json::to_string_pretty(&outcome(&shop, &without)).unwrap(),
                "after {:?}, served: {:?}",
                edit,
                with.hits()
            );
            served.set(served.get() + with.hits().len());
            last = Some(with);
        }
        Ok(())
    });
    if let Err(broken) = law {
        panic!("{broken}\nPROPTEST_RNG_SEED={seed} repeats it");
    }
    let (served, damaged) = (served.get(), damaged.get());
    assert!(served > 20, "only {served} steps were served");
    eprintln!("{served} steps were served, {damaged} outputs damaged, by seed {seed}");
}
