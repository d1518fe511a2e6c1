//! Sources that travel: what goes over the wire to a real server, and what cannot.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use attest_sdk::source::LONGEST_PATH;
use attest_sdk::{AttestClient, Error, ErrorKind, UploadProgress, Uploaded};
use attest_tests::command::finish;
use attest_tests::server::{Options, Server};
use attest_tests::{Project, Proxy, attest};
use rustix::fs::{CWD, FileType, Mode, OFlags};

fn client(url: &str, key: &str) -> AttestClient {
    AttestClient::new(key, url).unwrap()
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(work)
}

fn upload(url: &str, key: &str, dir: &Path) -> Result<Uploaded, Error> {
    wait(async { client(url, key).sources().upload(dir).await })
}

/// `count` files in directories of a hundred; the first `changed` of them differ from those of a tree without changes.
fn tree(dir: &Path, count: u32, changed: u32) {
    for n in 0..count {
        let folder = dir.join(format!("d{}", n / 100));
        if n % 100 == 0 {
            fs::create_dir_all(&folder).unwrap();
        }
        let version = u32::from(n < changed);
        fs::write(
            folder.join(format!("f{n}")),
            format!("file {n}, version {version}\n"),
        )
        .unwrap();
    }
}

#[test]
fn of_ten_thousand_files_the_ten_that_changed_travel_in_three_requests() {
    let server = Server::start(Options::default());
    let proxy = Proxy::to(server.url());
    let dir = tempfile::tempdir().unwrap();
    tree(dir.path(), 10_000, 0);
    let first = upload(proxy.url(), &server.key(), dir.path()).unwrap();
    assert_eq!((first.entries, first.sent_objects), (10_000, 10_000));
    assert_eq!(proxy.take().0, 3);

    tree(dir.path(), 10, 10);
    let second = upload(proxy.url(), &server.key(), dir.path()).unwrap();
    assert_eq!((second.sent_objects, second.requests), (10, 3));
    assert_ne!(second.source, first.source);
    let (requests, bytes) = proxy.take();
    assert_eq!(requests, 3);
    // Questions and names: some 250 bytes a file, and hardly anything else.
    assert!(bytes < 10_000 * 300, "{bytes}");

    let third = upload(proxy.url(), &server.key(), dir.path()).unwrap();
    assert_eq!((third.sent_objects, third.source), (0, second.source));
    assert_eq!(proxy.take().0, 2);
}

#[test]
fn a_hundred_thousand_files_are_one_source_and_equal_ones_travel_once() {
    let server = Server::start(Options::default());
    let proxy = Proxy::to(server.url());
    let dir = tempfile::tempdir().unwrap();
    for copy in 0..20 {
        let copy = dir.path().join(copy.to_string());
        fs::create_dir(&copy).unwrap();
        tree(&copy, 5_000, 0);
    }
    let uploaded = upload(proxy.url(), &server.key(), dir.path()).unwrap();
    assert_eq!((uploaded.entries, uploaded.sent_objects), (100_000, 5_000));
    assert_eq!(proxy.take().0, 3);
    tree(&dir.path().join("7"), 1, 1);
    let again = upload(proxy.url(), &server.key(), dir.path()).unwrap();
    assert_eq!((again.sent_objects, proxy.take().0), (1, 3));
    assert_ne!(again.source, uploaded.source);
}

#[test]
fn an_upload_that_broke_off_sends_only_what_is_missing_when_it_is_repeated() {
    let server = Server::start(Options::default());
    let proxy = Proxy::to(server.url());
    let dir = tempfile::tempdir().unwrap();
    let mut state = 1_u64;
    for n in 0..40 {
        // Not to be compressed, so that the wire breaks where the test says.
        let content: Vec<u8> = (0..1 << 18)
            .flat_map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 32).to_le_bytes()[..4].to_vec()
            })
            .collect();
        fs::write(dir.path().join(n.to_string()), content).unwrap();
    }
    proxy.break_after(36 << 20);
    let error = upload(proxy.url(), &server.key(), dir.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
    proxy.break_after(0);
    let uploaded = upload(proxy.url(), &server.key(), dir.path()).unwrap();
    assert_eq!(uploaded.bytes, 40 << 20);
    // The first batch of 32 MiB was taken as a whole.
    assert!(uploaded.sent_bytes <= 8 << 20, "{uploaded:?}");
}

#[test]
fn a_file_that_changes_while_it_travels_is_named() {
    let server = Server::start(Options::default());
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("steady"), "x").unwrap();
    let growing = dir.path().join("changing.log");
    fs::write(&growing, vec![1; 40 << 20]).unwrap();
    let changed = growing.clone();
    let once = Once::new();
    let error = wait(async {
        client(server.url(), &server.key())
            .sources()
            .upload(dir.path())
            .progress(move |progress| {
                if matches!(progress, UploadProgress::Sending { bytes, .. } if bytes > 1 << 20) {
                    once.call_once(|| {
                        let mut file = fs::File::options().append(true).open(&changed).unwrap();
                        file.write_all(b"one more line").unwrap();
                    });
                }
            })
            .await
    })
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(
        error
            .message()
            .contains("changing.log of the source changed"),
        "{error}"
    );
    // Nothing of it stayed.
    let stats = server.api().get("/v1/cache/stats").json(200);
    assert!(
        stats["total_size_bytes"].as_u64().unwrap() < 1 << 20,
        "{stats}"
    );
}

#[test]
fn what_is_no_file_stays_at_home_and_links_travel_as_links() {
    let project = Project::with_pipeline(
        "odd",
        "name: odd\nversion: \"0.1\"\nsteps:\n  - name: look\n    run: 'ls -A > seen; readlink out abs loop >> seen; test -x tool; cat tool >> seen'\n    inputs: [tool]\n    outputs: [seen]\n",
    );
    let dir = project.path();
    rustix::fs::mknodat(CWD, dir.join("fifo"), FileType::Fifo, Mode::RWXU, 0).unwrap();
    rustix::fs::mknodat(CWD, dir.join("socket"), FileType::Socket, Mode::RWXU, 0).unwrap();
    symlink("../../../secret", dir.join("out")).unwrap();
    symlink("/etc/passwd", dir.join("abs")).unwrap();
    symlink("loop", dir.join("loop")).unwrap();
    project.write("tool", "#!/bin/sh\n");
    fs::set_permissions(dir.join("tool"), fs::Permissions::from_mode(0o755)).unwrap();
    project.write("attest-data/admin-key", "a server's data\n");
    project.write(".git/config", "of git\n");
    project.write(".gitignore", "*.o\n");
    project.write("a.o", "ignored\n");
    project.write("empty/.keep", "");
    let server = Server::start(Options::default());
    let results = tempfile::tempdir().unwrap();
    server
        .run(&dir, &["--download", results.path().to_str().unwrap()])
        .exits(0);
    let seen = fs::read_to_string(results.path().join("seen")).unwrap();
    let seen: Vec<&str> = seen.lines().filter(|line| *line != "seen").collect();
    let expected = [
        ".gitignore",
        "abs",
        "attest.yaml",
        "empty",
        "loop",
        "out",
        "tool",
        "../../../secret",
        "/etc/passwd",
        "loop",
        "#!/bin/sh",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn a_tree_as_deep_as_a_source_may_be_runs_and_a_deeper_one_is_refused_by_name() {
    let server = Server::start(Options::default());
    let project = Project::with_pipeline(
        "deep",
        "name: deep\nversion: \"0.1\"\nsteps:\n  - {name: find, run: 'find d -type f | wc -l > count; test $(cat count) = 1', inputs: [d], outputs: [count]}\n",
    );
    // `d/` again and again, and one file at the end: as long as a path may be, or one byte more.
    let deepest = (LONGEST_PATH - 1) / 2;
    let mut here = open(CWD, &project.path());
    for _ in 0..deepest {
        rustix::fs::mkdirat(&here, "d", Mode::RWXU).unwrap();
        here = open(&here, Path::new("d"));
    }
    let name = "f".repeat(LONGEST_PATH - 2 * deepest);
    let create = OFlags::CREATE | OFlags::WRONLY;
    drop(rustix::fs::openat(&here, &*name, create, Mode::RWXU).unwrap());
    server.run(&project.path(), &[]).exits(0);

    drop(rustix::fs::openat(&here, &*format!("{name}f"), create, Mode::RWXU).unwrap());
    let refused = server.run(&project.path(), &[]).exits(2).text();
    let limit = format!("{} bytes, more than {LONGEST_PATH}", LONGEST_PATH + 1);
    assert!(
        refused.contains(&limit) && refused.contains("d/d/d/d"),
        "{refused}"
    );
}

fn open(at: impl AsFd, path: &Path) -> OwnedFd {
    rustix::fs::openat(at, path, OFlags::DIRECTORY, Mode::empty()).unwrap()
}

#[test]
fn a_name_that_is_not_utf8_is_refused_with_the_way_out() {
    use std::os::unix::ffi::OsStrExt as _;
    let server = Server::start(Options::default());
    let project = Project::with_pipeline(
        "names",
        "name: names\nversion: \"0.1\"\nsteps:\n  - {name: x, run: 'true > o', inputs: [], outputs: [o]}\n",
    );
    let name = std::ffi::OsStr::from_bytes(b"bad-\xff");
    fs::write(project.path().join(name), "").unwrap();
    let refused = server.run(&project.path(), &[]).exits(2);
    assert!(
        refused.text().contains("is not UTF-8") && refused.text().contains(".attestignore"),
        "{}",
        refused.text()
    );
    project.write(".attestignore", "bad-*\n");
    server.run(&project.path(), &[]).exits(0);
}

#[test]
fn inputs_that_are_ignored_or_missing_are_told_before_anything_travels() {
    let server = Server::start(Options::default());
    let proxy = Proxy::to(server.url());
    let project = Project::with_pipeline(
        "inputs",
        "name: inputs\nversion: \"0.1\"\nsteps:\n  build:\n    run: 'true > o'\n    inputs: [a.log, missing.c]\n    outputs: [o]\n",
    );
    project.write(".gitignore", "*.log\n");
    project.write("a.log", "ignored\n");
    let run = || {
        let mut command = attest(&project.path(), ["run"]);
        command
            .env("ATTEST_BASE_URL", proxy.url())
            .env("ATTEST_API_KEY", server.key());
        finish(&mut command).exits(2).text()
    };
    let text = run();
    for part in [
        "attest.yaml: steps.build.inputs[0]",
        ".gitignore",
        "*.log",
        "inputs[1]",
        "missing.c",
    ] {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
    let file = project.read("attest.yaml");
    project.write("attest.yaml", file.replace("missing.c", "'*.rs'"));
    let text = run();
    assert!(
        text.contains("attest.yaml: steps.build.inputs[1]: \"*.rs\""),
        "{text}"
    );
    assert_eq!(proxy.take().0, 0);
    assert!(server.executions().is_empty());
}

#[test]
fn the_servers_own_source_is_used_where_it_is_asked_for() {
    let project = Project::with_pipeline(
        "own",
        "name: own\nversion: \"0.1\"\nsteps:\n  - {name: x, run: 'cat which > o; cat o', inputs: [which], outputs: [o]}\n",
    );
    let own = Project::empty("of-the-server");
    project.write("which", "uploaded\n");
    own.write("which", "the server's\n");
    let server = Server::on(own.path());
    let run = server.run(&project.path(), &[]).exits(0);
    assert!(run.text().contains("uploaded"), "{}", run.text());
    let run = server.run(&project.path(), &["--server-source"]).exits(0);
    assert!(run.text().contains("the server's"), "{}", run.text());
}

#[test]
fn a_server_without_a_source_of_its_own_is_said_to_have_none() {
    let project = Project::with_pipeline(
        "bare",
        "name: bare\nversion: \"0.1\"\nsteps:\n  - {name: x, run: 'true > o', inputs: [], outputs: [o]}\n",
    );
    let server = Server::start(Options::default());
    let run = server.run(&project.path(), &["--server-source"]).exits(2);
    let text = run.text();
    assert!(
        text.contains("without a source of its own") && text.contains("leave out --server-source"),
        "{text}"
    );
    assert!(server.executions().is_empty());
}

#[test]
fn a_server_that_takes_no_uploads_is_told_with_the_way_that_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let over = AtomicBool::new(false);
    let project = Project::with_pipeline(
        "old",
        "name: old\nversion: \"0.1\"\nsteps:\n  - {name: x, run: 'true > o', inputs: [], outputs: [o]}\n",
    );
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for mut socket in listener.incoming().flatten() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let _ = socket.read(&mut [0; 65536]);
                let body = r#"{"error":{"code":"RESOURCE_NOT_FOUND","message":"There is no such endpoint"}}"#;
                let answer = format!("HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                let _ = socket.write_all(answer.as_bytes());
            }
        });
        let mut command = attest(&project.path(), ["run"]);
        command
            .env("ATTEST_BASE_URL", &url)
            .env("ATTEST_API_KEY", "attest_key_x");
        let refused = finish(&mut command).exits(2);
        over.store(true, Ordering::SeqCst);
        drop(std::net::TcpStream::connect(
            url.trim_start_matches("http://"),
        ));
        let text = refused.text();
        assert!(
            text.contains("takes no uploads") && text.contains("--server-source"),
            "{text}"
        );
    });
}
