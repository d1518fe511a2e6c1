//! The cache as a user of `attest run` sees it: nothing runs twice, and no run gets what belongs to another.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use attest_sdk::Digest;
use attest_tests::command::finish;
use attest_tests::server::{Options, Server};
use attest_tests::{Project, attest};
use serde_json::Value;

/// What a receipt says of each step.
struct Told {
    receipt: Value,
}

impl Told {
    /// Runs the project and reads the receipt that it left.
    fn by(server: &Server, project: &Path, args: &[&str]) -> Self {
        let file = project.join(".attest").join("receipt.json");
        let _ = fs::remove_file(&file);
        let receipt = ["--receipt", ".attest/receipt.json"];
        fs::create_dir_all(project.join(".attest")).unwrap();
        server.run(project, &[args, &receipt].concat()).exits(0);
        verified(server, &file);
        Self {
            receipt: serde_json::from_slice(&fs::read(&file).unwrap()).unwrap(),
        }
    }

    fn steps(&self) -> &[Value] {
        self.receipt["steps"].as_array().unwrap()
    }

    /// The steps that ran, by name.
    fn ran(&self) -> Vec<&str> {
        let ran = self
            .steps()
            .iter()
            .filter(|step| step["cache_hit"] == false);
        let mut names: Vec<&str> = ran.map(|step| step["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        names
    }

    /// What each step read, left and printed: all that must not depend on where the result came from.
    fn hashes(&self) -> BTreeMap<&str, [&Value; 4]> {
        let fields = ["input_hash", "output_hash", "stdout", "exit_code"];
        self.steps()
            .iter()
            .map(|step| {
                (
                    step["name"].as_str().unwrap(),
                    fields.map(|field| &step[field]),
                )
            })
            .collect()
    }

    /// The digest of an artifact.
    fn artifact(&self, path: &str) -> &str {
        let artifacts = self.receipt["provenance"]["artifacts"].as_array().unwrap();
        let found = artifacts.iter().find(|it| it["path"] == path);
        let found = found.unwrap_or_else(|| panic!("no {path} in {artifacts:?}"));
        found["digest"].as_str().unwrap()
    }
}

/// A receipt of cached steps is as good as any other.
#[track_caller]
fn verified(server: &Server, receipt: &Path) {
    let key = server.public_key();
    let args = [
        "verify",
        "--trusted-key",
        &key,
        "--policy",
        "require-success",
    ];
    finish(attest(Path::new("/"), args).arg(receipt)).exits(0);
}

fn server() -> Server {
    Server::start(Options::default())
}

#[test]
fn a_second_run_is_served_from_the_cache_and_attests_the_same() {
    let project = Project::example("hello-c");
    let server = server();
    let first = Told::by(&server, &project.path(), &[]);
    assert_eq!(
        first.ran(),
        ["compile-crc32", "compile-hex", "generate", "link", "test"]
    );
    let said = server.run(&project.path(), &[]).exits(0).text();
    for step in first.ran() {
        assert!(
            said.contains(&format!("step {step}: taken from the cache")),
            "{said}"
        );
    }
    assert!(
        said.contains("all tests passed"),
        "what the tests printed is not shown again: {said}"
    );
    let second = Told::by(&server, &project.path(), &[]);
    assert_eq!(second.ran(), Vec::<&str>::new());
    let receipt = project.path().join(".attest/receipt.json");
    let key = server.public_key();
    let policy = ["verify", "--trusted-key", &key, "--policy", "no-cache-hits"];
    finish(attest(Path::new("/"), policy).arg(receipt))
        .exits(1)
        .says(&["the cache"]);
    assert_eq!(first.hashes(), second.hashes());
    assert_eq!(
        first.artifact("lib/libchecksum.a"),
        second.artifact("lib/libchecksum.a")
    );
}

#[test]
fn a_changed_file_runs_the_steps_that_see_it_and_no_others() {
    let project = Project::example("hello-c");
    let server = server();
    let first = Told::by(&server, &project.path(), &[]);
    let hex = project.read("src/hex.c");

    // Another object file comes of it: what is built of that one runs too.
    project.write(
        "src/hex.c",
        format!("{hex}\nint added(void) {{ return 1; }}\n"),
    );
    let changed = Told::by(&server, &project.path(), &[]);
    assert_eq!(changed.ran(), ["compile-hex", "link", "test"]);
    assert_ne!(
        first.artifact("lib/libchecksum.a"),
        changed.artifact("lib/libchecksum.a")
    );

    // A comment changes no object file, so nothing after the compiler runs.
    project.write("src/hex.c", format!("{hex}/* a comment at the end */\n"));
    let commented = Told::by(&server, &project.path(), &[]);
    assert_eq!(commented.ran(), ["compile-hex"]);
    assert_ne!(
        first.hashes()["compile-hex"][0],
        commented.hashes()["compile-hex"][0],
        "the receipt says that the input is another"
    );

    // What was there before is known still.
    project.write("src/hex.c", hex);
    let back = Told::by(&server, &project.path(), &[]);
    assert_eq!(back.ran(), Vec::<&str>::new());
    assert_eq!(back.hashes(), first.hashes());
}

/// A pipeline whose one step reads a file that it declares and one that it does not.
fn reader(strict: bool) -> String {
    format!(
        "name: reader\nversion: \"1\"\nstrict_inputs: {strict}\nsteps:\n  - name: read\n    \
         run: cat declared.txt > out.txt; cat undeclared.txt >> out.txt 2>/dev/null || true\n    \
         inputs: [declared.txt]\n    outputs: [out.txt]\n"
    )
}

#[test]
fn two_directories_with_the_same_declared_inputs_never_share_what_an_undeclared_file_decides() {
    let server = server();
    let victim = Project::with_pipeline("reader", &reader(false));
    let attacker = Project::with_pipeline("reader", &reader(false));
    for project in [&victim, &attacker] {
        project.write("declared.txt", "declared\n");
    }
    victim.write("undeclared.txt", "good\n");
    attacker.write("undeclared.txt", "evil\n");

    let evil = Told::by(&server, &attacker.path(), &[]);
    let good = Told::by(&server, &victim.path(), &[]);
    assert_eq!(
        good.ran(),
        ["read"],
        "served with what another directory's file decided"
    );
    assert_eq!(
        good.hashes()["read"][0],
        evil.hashes()["read"][0],
        "the declared inputs are the same: that is the point of this test"
    );
    assert_ne!(good.artifact("out.txt"), evil.artifact("out.txt"));
    assert_eq!(
        good.artifact("out.txt"),
        Digest::of(b"declared\ngood\n").to_string()
    );
    // And each of them is served what is its own.
    for (project, told) in [(&victim, &good), (&attacker, &evil)] {
        let again = Told::by(&server, &project.path(), &[]);
        assert_eq!(again.ran(), Vec::<&str>::new());
        assert_eq!(again.artifact("out.txt"), told.artifact("out.txt"));
    }
}

#[test]
fn under_strict_inputs_two_directories_share_since_the_undeclared_file_is_not_there() {
    let server = server();
    let [one, other] = ["one\n", "other\n"].map(|undeclared| {
        let project = Project::with_pipeline("reader", &reader(true));
        project.write("declared.txt", "declared\n");
        project.write("undeclared.txt", undeclared);
        project
    });
    let first = Told::by(&server, &one.path(), &[]);
    let second = Told::by(&server, &other.path(), &[]);
    assert_eq!((first.ran(), second.ran()), (vec!["read"], vec![]));
    let digest = Digest::of(b"declared\n").to_string();
    assert_eq!(first.artifact("out.txt"), digest);
    assert_eq!(second.artifact("out.txt"), digest);
}

#[test]
fn a_step_that_is_not_to_be_cached_runs_each_time() {
    let pipeline = "name: deploy\nversion: \"1\"\nsteps:\n  \
        - {name: build, run: echo built > out.txt, inputs: [], outputs: [out.txt]}\n  \
        - {name: deploy, run: cat out.txt, inputs: [out.txt], outputs: [], needs: [build], cache: false}\n";
    let project = Project::with_pipeline("deploy", pipeline);
    let server = server();
    assert_eq!(
        Told::by(&server, &project.path(), &[]).ran(),
        ["build", "deploy"]
    );
    assert_eq!(Told::by(&server, &project.path(), &[]).ran(), ["deploy"]);
}

#[test]
fn without_the_cache_every_step_runs_and_nothing_is_kept() {
    let pipeline = "name: all\nversion: \"1\"\nsteps:\n  \
        - {name: build, run: echo built > out.txt, inputs: [], outputs: [out.txt]}\n  \
        - {name: test, run: cat out.txt, inputs: [out.txt], outputs: [], needs: [build]}\n";
    let project = Project::with_pipeline("all", pipeline);
    let server = server();
    let run = |args: &[&str]| Told::by(&server, &project.path(), args);

    let first = run(&["--no-cache"]);
    assert_eq!(first.ran(), ["build", "test"]);
    let cached = run(&[]);
    assert_eq!(
        cached.ran(),
        ["build", "test"],
        "the first run kept something"
    );
    assert_eq!(run(&[]).ran(), Vec::<&str>::new());

    let again = run(&["--no-cache"]);
    assert_eq!(again.ran(), ["build", "test"], "something was looked up");
    assert_eq!(again.hashes(), first.hashes());
    let receipt = project.path().join(".attest/receipt.json");
    let key = server.public_key();
    let policy = ["verify", "--trusted-key", &key, "--policy", "no-cache-hits"];
    finish(attest(Path::new("/"), policy).arg(receipt)).exits(0);
}

#[test]
fn the_cache_is_there_after_a_crash_and_gone_under_another_salt() {
    let project = Project::example("hello-c");
    let mut server = server();
    Told::by(&server, &project.path(), &[]);
    server.kill();
    server.restart();
    let served = Told::by(&server, &project.path(), &[]);
    assert_eq!(served.ran(), Vec::<&str>::new());

    server.kill();
    server.restart_with(Options::default().arg("--cache-salt").arg("cc 14"));
    assert_eq!(Told::by(&server, &project.path(), &[]).ran().len(), 5);
}

/// Where the server has an object.
fn blob(server: &Server, digest: &str) -> PathBuf {
    let hex = digest.strip_prefix("blake3:").unwrap();
    let first = server.data_dir().join("blobs").join(&hex[..2]);
    first.join(&hex[2..4]).join(hex)
}

#[test]
fn a_damaged_source_file_is_named_by_the_run_that_meets_it_and_sent_again_by_the_next() {
    let server = server();
    let project = Project::with_pipeline("reader", &reader(false));
    project.write("declared.txt", "declared\n");
    project.write("undeclared.txt", "good\n");
    Told::by(&server, &project.path(), &[]);
    let good = Digest::of(b"good\n").to_string();
    fs::write(blob(&server, &good), "evil\n").unwrap();
    server
        .run(&project.path(), &["--no-cache"])
        .exits(1)
        .says(&["the file \"undeclared.txt\" of the source was found damaged"]);
    let healed = server.run(&project.path(), &["--no-cache"]).exits(0).text();
    assert!(healed.contains("sent 1 of them"), "{healed}");
    let told = Told::by(&server, &project.path(), &["--no-cache"]);
    let expected = Digest::of(b"declared\ngood\n").to_string();
    assert_eq!(told.artifact("out.txt"), expected);

    // Of one that was cut short the size tells, before anything runs.
    fs::write(blob(&server, &good), "go").unwrap();
    let told = Told::by(&server, &project.path(), &["--no-cache"]);
    assert_eq!(told.artifact("out.txt"), expected);
}

#[test]
fn a_damaged_object_is_run_again_and_never_served() {
    let project = Project::example("hello-c");
    let server = server();
    let first = Told::by(&server, &project.path(), &[]);
    let library = first.artifact("lib/libchecksum.a").to_owned();
    let blob = blob(&server, &library);
    let mut bytes = fs::read(&blob).unwrap();
    bytes[10] ^= 1;
    fs::write(&blob, bytes).unwrap();

    let again = Told::by(&server, &project.path(), &[]);
    assert_eq!(again.ran(), ["link"]);
    assert_eq!(again.artifact("lib/libchecksum.a"), library);
    let object = server.api().get(&format!("/v1/cache/objects/{library}"));
    assert_eq!(object.status, 200);
    assert_eq!(Digest::of(&object.body).to_string(), library);
}
