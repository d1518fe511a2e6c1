//! `attest run --download` against a real server: what comes, by whose keys, and what stays away.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use attest_tests::command::finish;
use attest_tests::server::{Options, Server};
use attest_tests::{Project, attest};

const PIPELINE: &str = r#"name: made
version: "0.1"
steps:
  - name: make
    run: |
      mkdir -p out/deep
      printf program > out/app; chmod +x out/app
      ln -s ../app out/deep/link
      printf hidden > undeclared
    inputs: []
    outputs: [out]
"#;

fn target() -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("to/here").to_str().unwrap().to_owned();
    (dir, path)
}

fn pull(server: &Server, dir: &Path) {
    let key = server.api().anonymous().get("/v1/keys").json(200);
    let id = key["keys"][0]["id"].as_str().unwrap().to_owned();
    let args = ["keys", "pull", "--url", server.url(), "--id", &id];
    finish(&mut attest(dir, args)).exits(0);
}

#[test]
fn outputs_come_as_they_were_made_by_the_keys_that_are_pinned() {
    let server = Server::start(Options::default());
    let project = Project::with_pipeline("made", PIPELINE);
    pull(&server, &project.path());
    let (_dir, to) = target();
    let run = server
        .run(&project.path(), &["--json", "--download", &to])
        .exits(0);
    let downloaded = &run.json()["downloaded"];
    assert_eq!(downloaded["files"], 2, "{downloaded}");
    assert_eq!(downloaded["size_bytes"], 13);
    let to = Path::new(&to);
    let mode = fs::metadata(to.join("out/app"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o100, 0o100);
    assert_eq!(
        fs::read_link(to.join("out/deep/link")).unwrap(),
        Path::new("../app")
    );
    assert_eq!(fs::read(to.join("out/deep/link")).unwrap(), b"program");
    let names: Vec<_> = fs::read_dir(to)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["out"]);
    assert!(!run.text().contains("publishes"), "{}", run.text());
}

#[test]
fn what_was_downloaded_recomputes_with_outputs_that_are_empty_directories() {
    let server = Server::start(Options::default());
    let project = Project::with_pipeline(
        "empty",
        r#"name: empty
version: "0.1"
steps:
  - {name: make, run: 'mkdir -p logs/deep out/nothing; echo made > out/a', inputs: [], outputs: [logs/, out, out/nothing]}
  - {name: look, run: 'ls logs > seen', inputs: [logs], outputs: [seen], needs: [make]}
"#,
    );
    project.write(".attestignore", "r.*\n");
    pull(&server, &project.path());
    let run = ["--json", "--receipt", "r.yaml", "--download"];
    let verify = || {
        let args = ["verify", "r.yaml", "--workspace", "."];
        let policy = ["--policy", "require-recompute"];
        finish(&mut attest(&project.path(), args.iter().chain(&policy)))
    };
    // Made, then taken from the cache.
    for cached in [false, true] {
        let ended = server.run(&project.path(), &run).exits(0).json();
        assert_eq!(ended["steps"][0]["cache_hit"], cached, "{ended}");
        assert_eq!(ended["downloaded"]["files"], 2);
        verify().exits(0);
        fs::remove_dir(project.path().join("logs")).unwrap();
        assert!(verify().exits(1).text().contains("logs"));
        fs::remove_dir_all(project.path().join("out")).unwrap();
        fs::remove_file(project.path().join("seen")).unwrap();
    }
}

#[test]
fn the_servers_own_keys_are_used_aloud_and_only_where_none_are_known() {
    let server = Server::start(Options::default());
    let other = Server::start(Options::default());
    let project = Project::with_pipeline("made", PIPELINE);
    let (_dir, to) = target();
    let run = server.run(&project.path(), &["--download", &to]).exits(0);
    assert!(
        run.text()
            .contains("the keys that the server itself publishes"),
        "{}",
        run.text()
    );

    // Another key is trusted: the receipt is saved, the outputs stay away, and no success is claimed.
    pull(&other, &project.path());
    let (_dir, to) = target();
    let run = server.run(&project.path(), &["--download", &to]).exits(2);
    assert!(
        run.text().contains("nothing is downloaded"),
        "{}",
        run.text()
    );
    assert!(!Path::new(&to).exists());
    let key = server.public_key();
    server
        .run(&project.path(), &["--download", &to, "--trusted-key", &key])
        .exits(0);
    assert!(Path::new(&to).join("out/app").exists());
}

#[test]
fn a_failed_run_gives_nothing() {
    let server = Server::start(Options::default());
    let pipeline = PIPELINE.replace("printf hidden", "exit 3; printf hidden");
    let project = Project::with_pipeline("failed", &pipeline);
    let (_dir, to) = target();
    server.run(&project.path(), &["--download", &to]).exits(1);
    assert!(!Path::new(&to).exists());
}

#[test]
fn keys_that_cannot_be_used_are_told_before_anything_runs() {
    let server = Server::start(Options::default());
    let project = Project::with_pipeline("keys", PIPELINE);
    for arguments in [
        &["--download", "--trusted-key", "ed25519:00"][..],
        &["--download", "--trust", "absent"],
        &["--trusted-key", &server.public_key()],
    ] {
        server.run(&project.path(), arguments).exits(2);
    }
    assert!(server.executions().is_empty());
}

#[test]
fn what_lies_in_the_projects_way_is_left_alone_and_a_link_is_not_written_through() {
    let server = Server::start(Options::default());
    let project = Project::with_pipeline("way", PIPELINE);
    let outside = tempfile::tempdir().unwrap();
    symlink(outside.path(), project.path().join("out")).unwrap();
    // A link is part of the source; the step replaces it by a directory of its own.
    let file = project.read("attest.yaml");
    project.write("attest.yaml", file.replace("mkdir", "rm -f out; mkdir"));
    let run = server.run(&project.path(), &["--download"]).exits(2);
    assert!(
        run.text().contains("is a link, which is not followed"),
        "{}",
        run.text()
    );
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    assert!(!project.path().join("undeclared").exists());
}

#[test]
fn outputs_of_thousands_of_files_come_by_the_directory_that_the_receipt_attests() {
    let server = Server::start(Options::default());
    let project = Project::with_pipeline(
        "many",
        "name: many\nversion: \"0.1\"\nsteps:\n  - {name: make, run: 'mkdir out; for n in $(seq 2500); do echo $n > out/$n; done', inputs: [], outputs: [out]}\n",
    );
    let (_dir, to) = target();
    let run = server
        .run(&project.path(), &["--json", "--download", &to])
        .exits(0);
    assert_eq!(run.json()["downloaded"]["files"], 2500);
    assert_eq!(
        fs::read_to_string(Path::new(&to).join("out/2500")).unwrap(),
        "2500\n"
    );
}

#[test]
fn the_outputs_of_two_executions_of_one_pipeline_are_told_apart() {
    let server = Server::start(Options::default());
    let project = Project::with_pipeline("two", PIPELINE);
    let run = |content: &str| {
        project.write("attest.yaml", PIPELINE.replace("program", content));
        let ended = server.run(&project.path(), &["--json"]).exits(0).json();
        ended["execution_id"].as_str().unwrap().to_owned()
    };
    let (one, two) = (run("program-one"), run("program-two"));
    for (id, content) in [(&one, "one"), (&two, "two"), (&one, "one")] {
        let path = format!("/v1/executions/{id}/artifacts/out/app");
        let served = server.api().get(&path);
        assert_eq!(served.text(), format!("program-{content}"));
    }
}

#[test]
fn a_damaged_output_is_never_put_in_place() {
    let server = Server::start(Options::default());
    let project = Project::with_pipeline("made", PIPELINE);
    let first = server.run(&project.path(), &["--json"]).exits(0).json();
    damage(&server.data_dir(), b"program");
    let client = attest_sdk::AttestClient::new(server.key(), server.url()).unwrap();
    let (_dir, to) = target();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let fetched = runtime.block_on(async {
        let id = first["execution_id"].as_str().unwrap();
        client
            .executions()
            .get(id)
            .await
            .unwrap()
            .download_outputs(&to)
            .await
    });
    let error = fetched.unwrap_err();
    assert_eq!(error.details().unwrap()["reason"], "damaged", "{error}");
    assert_eq!(fs::read_dir(&to).unwrap().count(), 0);
    // The step's result is no longer in the cache either: it runs again, and is whole.
    server.run(&project.path(), &["--download", &to]).exits(0);
    assert_eq!(
        fs::read(Path::new(&to).join("out/app")).unwrap(),
        b"program"
    );
}

/// Changes every stored file with this content.
fn damage(dir: &Path, content: &[u8]) {
    let mut todo = vec![dir.to_owned()];
    let mut damaged = 0;
    while let Some(dir) = todo.pop() {
        for entry in fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else if fs::read(&path).is_ok_and(|found| found == content) {
                fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
                fs::write(&path, "progrAm").unwrap();
                damaged += 1;
            }
        }
    }
    assert!(damaged > 0, "the content is stored");
}
