//! Servers in a process of their own: one that is killed in the middle of a collection, and one on a disk that is full.
//!
//! The process is this very test program, told to run one of the ignored tests below.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;

use crate::archives::{archive, digest, missing, upload};
use crate::clock::Clock;
use crate::support::{TestServer, config, until};

const DATA: &str = "ATTEST_TEST_DATA";
const AHEAD: &str = "ATTEST_TEST_AHEAD";
const DAY: i64 = 24 * 3600;

/// This program, running the test `inner` on a data directory, with a clock that is so many seconds ahead.
fn inner(command: &mut Command, inner: &str, data: &Path, ahead: i64) {
    command
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", inner, "--ignored", "--nocapture"])
        .env(DATA, data)
        .env(AHEAD, ahead.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
}

fn given(name: &str) -> String {
    std::env::var(name).expect("started by another test")
}

#[test]
#[ignore = "started by another test, in a process of its own"]
fn serve_until_the_end() {
    let data = given(DATA);
    let clock = Clock::new();
    clock.advance(given(AHEAD).parse().unwrap());
    let _server = TestServer::start(attest_server::Config {
        host: clock.host(),
        ..config(Path::new(&data))
    });
    // Until whoever started this is done or gone.
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
}

/// A server in a process of its own.
struct Apart {
    child: Child,
    server: TestServer,
}

impl Apart {
    fn start(data: &Path, ahead: i64) -> Self {
        drop(std::fs::remove_file(data.join("address")));
        let mut command = Command::new("env");
        inner(&mut command, "apart::serve_until_the_end", data, ahead);
        let child = command.spawn().unwrap();
        let server = until("the server's address", || TestServer::elsewhere(data));
        Self { child, server }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// How many blobs there are.
fn blobs(data: &Path) -> usize {
    fn files(directory: &Path) -> usize {
        let entries = std::fs::read_dir(directory).unwrap().flatten();
        entries
            .map(|entry| match entry.file_type() {
                Ok(kind) if kind.is_dir() => files(&entry.path()),
                _ => 1,
            })
            .sum()
    }
    files(&data.join("blobs"))
}

#[test]
fn a_server_killed_while_it_collects_leaves_no_row_of_what_is_gone_and_the_next_finishes() {
    let data = tempfile::tempdir().unwrap();
    let first = Apart::start(data.path(), 0);
    let contents: Vec<[u8; 4]> = (0..3000_u32).map(u32::to_le_bytes).collect();
    let stored = upload(
        &first.server,
        &archive(&contents.iter().map(|c| &c[..]).collect::<Vec<_>>()),
    );
    assert_eq!(stored.status, 200, "{}", stored.text());
    let sources: Vec<String> = contents
        .chunks(300)
        .map(|chunk| {
            let file = |(n, c): (usize, &[u8; 4])| json!({"path": n.to_string(), "kind": "file", "digest": digest(c)});
            let entries: Vec<_> = chunk.iter().enumerate().map(file).collect();
            let made = first.server.post("/v1/sources", &json!({"entries": entries}));
            made["source"].as_str().unwrap().to_owned()
        })
        .collect();
    let pipeline = first.server.pipeline(crate::support::one_step());
    first.kill();
    let all = blobs(data.path());
    assert_eq!(all, 3010);

    let second = Apart::start(data.path(), 3 * DAY);
    std::thread::scope(|scope| {
        let address = second.server.address;
        let authorization = format!("Bearer {}", second.server.key);
        scope.spawn(move || {
            let headers = [
                ("Authorization", &*authorization),
                ("Content-Type", "application/json"),
            ];
            // Nobody answers this.
            let call = || {
                crate::support::raw(
                    address,
                    "POST",
                    "/v1/cache/gc",
                    &headers,
                    br#"{"max_age_days":1}"#,
                )
            };
            drop(std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)));
        });
        until("some to be removed", || {
            (blobs(data.path()) < all).then_some(())
        });
        second.kill();
    });
    let left = blobs(data.path());
    assert!(left < all);

    let third = Apart::start(data.path(), 3 * DAY);
    for source in sources {
        let refused = third.server.call(
            "POST",
            &format!("/v1/pipelines/{pipeline}/executions"),
            Some(&json!({"source": source})),
        );
        let error = refused.error(400, "VALIDATION_ERROR");
        let issue = error["details"]["issue"].as_str().unwrap();
        assert!(
            issue.starts_with("no source"),
            "the row went before the files: {issue}"
        );
    }
    let report = third
        .server
        .post("/v1/cache/gc", &json!({"max_age_days": 1}));
    assert_eq!(report["deleted_objects"], left, "{report}");
    assert_eq!(blobs(data.path()), 0);
    third.kill();
}

#[test]
fn a_full_disk_is_said_so_and_room_can_be_made_on_it() {
    let disk = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    command.args(["-Urm", "sh", "-c"]);
    command.arg("mount -t tmpfs -o size=24m none \"$0\" && exec \"$@\"");
    command.arg(disk.path());
    let possible = Command::new("unshare").args(["-Urm", "true"]).status();
    if !possible.is_ok_and(|status| status.success()) {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: no disk can be mounted here (unshare -Urm)"
        );
        return;
    }
    inner(&mut command, "apart::fill_the_disk", disk.path(), 0);
    let status = command.status().unwrap();
    assert!(status.success(), "{status}");
}

#[test]
#[ignore = "started by another test, on a small disk"]
fn fill_the_disk() {
    let (disk, clock) = (given(DATA), Clock::new());
    let data = Path::new(&disk).join("data");
    let server = TestServer::start(attest_server::Config {
        host: clock.host(),
        ..config(&data)
    });
    let big = |seed: u8| -> Vec<u8> { (0..4 << 20).map(|n: u32| (n % 249) as u8 ^ seed).collect() };
    assert_eq!(upload(&server, &archive(&[&big(0)])).status, 200);
    let held = json!({"entries": [{"path": "a", "kind": "file", "digest": digest(&big(0))}]});
    assert_eq!(server.call("POST", "/v1/sources", Some(&held)).status, 201);

    let many: Vec<Vec<u8>> = (1..8).map(big).collect();
    let mut contents: Vec<&[u8]> = many.iter().map(Vec::as_slice).collect();
    contents.insert(0, b"before");
    upload(&server, &archive(&contents)).error(507, "INSUFFICIENT_STORAGE");
    assert_eq!(
        std::fs::read_dir(data.join("blobs/tmp")).unwrap().count(),
        0
    );
    assert_eq!(
        missing(&server, &[digest(b"before")]),
        json!([]),
        "what was whole stays"
    );
    assert_eq!(
        server.get("/v1/cache/stats")["backends"]["local"]["entries"],
        blobs(&data)
    );

    let mut fill = std::fs::File::create(Path::new(&disk).join("fill")).unwrap();
    while fill.write_all(&[1; 4096]).is_ok() {}
    let new = json!({"entries": [{"path": "b", "kind": "symlink", "target": "a"}]});
    server
        .call("POST", "/v1/sources", Some(&new))
        .error(507, "INSUFFICIENT_STORAGE");

    clock.advance(40 * DAY);
    let report = server.post("/v1/cache/gc", &json!({}));
    assert!(
        report["freed_bytes"].as_u64().unwrap() >= 8 << 20,
        "{report}"
    );
    let report = server.post("/v1/cache/gc", &json!({}));
    assert_eq!(
        report["total_size_bytes"], 0,
        "with room to delete rows, all goes: {report}"
    );
    assert_eq!(upload(&server, &archive(&[&big(0)])).status, 200);
}
