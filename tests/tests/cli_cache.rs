//! `attest cache` against a real server.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use attest_sdk::Digest;
use attest_tests::Project;
use attest_tests::command::{Finished, finish};
use attest_tests::server::{Options, Server};

const PIPELINE: &str = "name: once\nversion: \"0.1\"\nsteps:\n  - {name: make, run: 'cat a > out', inputs: [a], outputs: [out]}\n";

fn cache(server: &Server, arguments: &[&str]) -> Finished {
    let all = [&["cache"], arguments].concat();
    finish(&mut server.attest(Path::new("/"), &all))
}

#[test]
fn statistics_follow_what_is_stored_and_looked_up() {
    let server = Server::start(Options::default());
    let empty = cache(&server, &["stats"]).exits(0).text();
    assert!(empty.contains("no step was looked up yet"), "{empty}");
    let project = Project::with_pipeline("once", PIPELINE);
    project.write("a", "content");
    server.run(&project.path(), &[]).exits(0);
    server.run(&project.path(), &[]).exits(0);
    let stats = cache(&server, &["stats", "--json"]).exits(0).json();
    assert_eq!(
        (&stats["hit_rate"], &stats["miss_rate"]),
        (&0.5.into(), &0.5.into())
    );
    assert!(stats["total_entries"].as_u64().unwrap() >= 2, "{stats}");
    let shown = cache(&server, &["stats"]).exits(0).text();
    assert!(shown.contains("50.0 % of the steps looked up"), "{shown}");
}

#[test]
fn an_object_is_deleted_once_and_by_its_whole_digest() {
    let server = Server::start(Options::default());
    let project = Project::with_pipeline("once", PIPELINE);
    project.write("a", "content");
    project.write("unused", "of no use to any step\n");
    server.run(&project.path(), &[]).exits(0);
    let unused = Digest::of(b"of no use to any step\n").to_string();
    let deleted = cache(&server, &["delete", &unused]).exits(0).text();
    assert!(deleted.contains(&unused), "{deleted}");
    cache(&server, &["delete", &unused]).exits(2);
    cache(&server, &["delete", "blake3:ab"]).exits(2);
    // What is gone is simply sent again.
    let run = server.run(&project.path(), &[]).exits(0).text();
    assert!(run.contains("sent 1 of them"), "{run}");
}

#[test]
fn collecting_says_what_went_and_asks_for_sense() {
    let server = Server::start(Options::default());
    let project = Project::with_pipeline("once", PIPELINE);
    project.write("a", "content");
    server.run(&project.path(), &[]).exits(0);
    let report = cache(&server, &["gc", "--json"]).exits(0).json();
    assert_eq!(report["deleted_objects"], 0, "{report}");
    let said = cache(
        &server,
        &["gc", "--aggressive", "--target-size-percent", "0"],
    )
    .exits(0)
    .text();
    assert!(
        said.contains("deleted 0 objects") && said.contains("stay"),
        "{said}"
    );
    for bad in [
        &["gc", "--target-size-percent", "50"][..],
        &["gc", "--aggressive", "--target-size-percent", "101"],
        &["gc", "--max-age-days", "-1"],
    ] {
        cache(&server, bad).exits(2);
    }
}
