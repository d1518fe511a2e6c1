//! Trees of uploaded objects.

use serde_json::{Value, json};

use crate::archives::{archive, digest, upload};
use crate::support::{TestServer, config};

#[test]
fn a_source_is_named_by_the_digest_of_its_tree() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let entries = json!({"entries": [
        {"path": "src/main.c", "kind": "file", "digest": digest(b"main"), "size_bytes": 4},
        {"path": "link", "kind": "symlink", "target": "src/main.c"},
        {"path": "run.sh", "kind": "file", "digest": digest(b"run"), "executable": true},
    ]});
    let refused = server.call("POST", "/v1/sources", Some(&entries));
    assert_eq!(
        refused.error(422, "UNPROCESSABLE")["details"]["missing"],
        json!([digest(b"main"), digest(b"run")])
    );
    assert_eq!(upload(&server, &archive(&[b"main", b"run"])).status, 200);
    let made = server.call("POST", "/v1/sources", Some(&entries));
    assert_eq!(made.status, 201, "{}", made.text());
    let source = made.json()["source"].as_str().unwrap().to_owned();
    assert!(source.starts_with("tree:blake3:"), "{source}");
    assert_eq!(server.post("/v1/sources", &entries)["source"], source);
}

/// A file with the content `x`, which is stored.
fn file(path: &str) -> Value {
    json!({"path": path, "kind": "file", "digest": digest(b"x")})
}

fn link(path: &str, target: &str) -> Value {
    json!({"path": path, "kind": "symlink", "target": target})
}

/// A server that has `x`.
fn server_with_x(data: &std::path::Path) -> TestServer {
    let server = TestServer::start(config(data));
    assert_eq!(upload(&server, &archive(&[b"x"])).status, 200);
    server
}

#[test]
fn every_entry_that_cannot_be_is_named() {
    let data = tempfile::tempdir().unwrap();
    let server = server_with_x(data.path());
    let deep = "d/".repeat(1024) + "f";
    let (long, wide) = (
        format!("{}f", "d".repeat(50) + "/").repeat(60),
        "d".repeat(256),
    );
    let upper = format!("blake3:{}", digest(b"x")[7..].to_uppercase());
    let cases: Vec<(Vec<Value>, &str)> = vec![
        (vec![file("")], "entries[0].path"),
        (vec![file("/etc/passwd")], "entries[0].path"),
        (vec![file("../out")], "entries[0].path"),
        (vec![file("a/../../out")], "entries[0].path"),
        (vec![file("a/..")], "entries[0].path"),
        (vec![file("./a")], "entries[0].path"),
        (vec![file("a//b")], "entries[0].path"),
        (vec![file("a/")], "entries[0].path"),
        (vec![file("a\0b")], "entries[0].path"),
        (vec![file(&deep)], "entries[0].path"),
        (vec![file(&long)], "entries[0].path"),
        (vec![file(&wide)], "entries[0].path"),
        (vec![file("a"), file("b"), file("a")], "entries[2].path"),
        (vec![file("a"), link("a", "b")], "entries[1].path"),
        (vec![file("a"), file("a/b")], "entries[1].path"),
        (vec![file("a/b"), file("a")], "entries[0].path"),
        (
            vec![link("a", "/etc"), file("a-x"), file("a/b/c")],
            "entries[2].path",
        ),
        (vec![link("a", "")], "entries[0].target"),
        (vec![link("a", "b\0c")], "entries[0].target"),
        (vec![link("a", &"t".repeat(4096))], "entries[0].target"),
        (
            vec![json!({"path": "a", "kind": "symlink"})],
            "entries[0].target",
        ),
        (
            vec![json!({"path": "a", "kind": "symlink", "target": "b", "digest": digest(b"x")})],
            "entries[0].digest",
        ),
        (
            vec![json!({"path": "a", "kind": "symlink", "target": "b", "executable": true})],
            "entries[0].executable",
        ),
        (
            vec![json!({"path": "a", "kind": "symlink", "target": "b", "size_bytes": 1})],
            "entries[0].size_bytes",
        ),
        (
            vec![json!({"path": "a", "kind": "fifo"})],
            "entries[0].kind",
        ),
        (
            vec![json!({"path": "a", "kind": "directory"})],
            "entries[0].kind",
        ),
        (
            vec![json!({"path": "a", "kind": "file"})],
            "entries[0].digest",
        ),
        (
            vec![json!({"path": "a", "kind": "file", "digest": upper})],
            "entries[0].digest",
        ),
        (
            vec![json!({"path": "a", "kind": "file", "digest": digest(b"x"), "target": "b"})],
            "entries[0].target",
        ),
        (
            vec![json!({"path": "a", "kind": "file", "digest": digest(b"x"), "size_bytes": 2})],
            "entries[0].size_bytes",
        ),
        (
            vec![json!({"path": "a", "kind": "file", "digest": digest(b"x"), "mode": 7})],
            "entries[0].mode",
        ),
        (
            vec![json!({"kind": "file", "digest": digest(b"x")})],
            "entries[0]",
        ),
        (vec![json!("a")], "entries[0]"),
    ];
    for (entries, field) in cases {
        let body = json!({"entries": entries});
        let refused = server.call("POST", "/v1/sources", Some(&body));
        let details = refused.error(400, "VALIDATION_ERROR")["details"].clone();
        assert_eq!(details["field"], field, "{body:.300}: {details}");
    }
    let body = json!({"entries": [file("/a"), file("b"), file("../c")]});
    let refused = server.call("POST", "/v1/sources", Some(&body));
    let errors = refused.error(400, "VALIDATION_ERROR")["details"]["errors"].clone();
    let fields: Vec<_> = errors
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["field"])
        .collect();
    assert_eq!(fields, ["entries[0].path", "entries[2].path"]);
}

#[test]
fn names_that_only_look_odd_are_taken() {
    let data = tempfile::tempdir().unwrap();
    let server = server_with_x(data.path());
    let entries = json!({"entries": [
        file("..."), file("a b"), file("ünïcode/文"), file("-rf"), file("*"), file("a\nb"), file("d-x"), file("d/x"),
        file(".git2/config"), link("out", "../../etc/passwd"), link("loop", "loop"), file(&("d/".repeat(127) + "f")),
    ]});
    assert_eq!(
        server.call("POST", "/v1/sources", Some(&entries)).status,
        201
    );
    assert_eq!(
        server
            .call("POST", "/v1/sources", Some(&json!({"entries": []})))
            .status,
        201
    );
}

#[test]
fn the_order_of_entries_makes_no_difference() {
    let data = tempfile::tempdir().unwrap();
    let server = server_with_x(data.path());
    let source = |entries: Vec<Value>| server.post("/v1/sources", &json!({"entries": entries}));
    let one = source(vec![file("d/x"), file("d-x"), link("l", "d")]);
    assert_eq!(one, source(vec![link("l", "d"), file("d-x"), file("d/x")]));
    assert_ne!(
        one,
        source(vec![link("l", "d-x"), file("d-x"), file("d/x")])
    );
}

#[test]
fn absent_objects_are_listed_once_in_order_and_no_more_than_can_be_asked_for() {
    let data = tempfile::tempdir().unwrap();
    let server = server_with_x(data.path());
    let of = |path: String, content: &[u8]| json!({"path": path, "kind": "file", "digest": digest(content)});
    let some = [
        of("b".into(), b"1"),
        of("a".into(), b"2"),
        of("c".into(), b"1"),
        file("d"),
    ];
    let details = |entries: Value| {
        let refused = server.call("POST", "/v1/sources", Some(&json!({"entries": entries})));
        refused.error(422, "UNPROCESSABLE")["details"].clone()
    };
    let absent = |entries: Value| details(entries)["missing"].clone();
    assert_eq!(absent(json!(some)), json!([digest(b"1"), digest(b"2")]));
    let named = details(json!(some))["errors"].clone();
    let named: Vec<_> = named
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            (
                &error["field"],
                error["issue"].to_string().contains("blake3:"),
            )
        })
        .collect();
    assert_eq!(
        named,
        [
            (&json!("entries[0].digest"), true),
            (&json!("entries[1].digest"), true)
        ]
    );
    let many: Vec<Value> = (0..10_050_u32)
        .map(|n| of(n.to_string(), &n.to_le_bytes()))
        .collect();
    assert_eq!(absent(json!(many)).as_array().unwrap().len(), 10_000);
}

#[test]
fn a_source_of_a_hundred_thousand_files_is_taken() {
    let data = tempfile::tempdir().unwrap();
    let server = server_with_x(data.path());
    let entries: Vec<Value> = (0..100_000_u32)
        .map(|n| file(&format!("packages/p{}/src/f{n}.js", n % 977)))
        .collect();
    let made = server.call("POST", "/v1/sources", Some(&json!({"entries": entries})));
    assert_eq!(made.status, 201, "{}", made.text());
}

#[test]
fn a_body_over_64_mebibytes_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let server = server_with_x(data.path());
    let start = r#"{"entries": ["#;
    let filled = |length: usize| {
        let mut body = start.as_bytes().to_vec();
        body.resize(length - 2, b' ');
        body.extend(b"]}");
        body
    };
    let refused = server.send("POST", "/v1/sources", &[], &filled((64 << 20) + 1));
    assert_eq!(
        refused.error(413, "PAYLOAD_TOO_LARGE")["details"]["limit_bytes"],
        64 << 20
    );
    let taken = server.send("POST", "/v1/sources", &[], &filled(64 << 20));
    assert_eq!(taken.status, 201, "{}", taken.text());
}

/// As many and as deep as fit: what checking them costs has to grow with the body, not faster.
#[test]
fn a_body_full_of_deep_links_is_answered_in_good_time() {
    let data = tempfile::tempdir().unwrap();
    let server = server_with_x(data.path());
    let depth = "d/".repeat(126);
    let entries: Vec<Value> = (0..20_000_u32)
        .map(|n| link(&format!("{n}/{depth}l"), "t"))
        .collect();
    let begun = std::time::Instant::now();
    let made = server.call("POST", "/v1/sources", Some(&json!({"entries": entries})));
    assert_eq!(made.status, 201, "{}", made.text());
    assert!(
        begun.elapsed() < crate::support::PATIENCE / 3,
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn every_object_of_a_source_is_promised_anew_when_it_is_named() {
    let data = tempfile::tempdir().unwrap();
    let server = server_with_x(data.path());
    let hex = digest(b"x")[7..].to_owned();
    let shard = data.path().join("blobs").join(&hex[..2]);
    let path = shard.join(&hex[2..4]).join(&hex);
    let marked = || path.metadata().unwrap().modified().unwrap();
    let fresh = marked();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    let long_ago = fresh - std::time::Duration::from_secs(24 * 60 * 60);
    file.set_modified(long_ago).unwrap();
    server.post("/v1/sources", &json!({"entries": [self::file("a")]}));
    assert!(marked() >= fresh);
}

#[test]
fn an_object_that_was_cut_short_is_to_be_uploaded_again_before_its_size_is_argued_about() {
    for damage in ["", "xx"] {
        let data = tempfile::tempdir().unwrap();
        let server = server_with_x(data.path());
        let hex = digest(b"x")[7..].to_owned();
        let shard = data.path().join("blobs").join(&hex[..2]);
        std::fs::write(shard.join(&hex[2..4]).join(&hex), damage).unwrap();
        let sized = json!({"path": "a", "kind": "file", "digest": digest(b"x"), "size_bytes": 1});
        let body = json!({"entries": [sized]});
        let refused = server.call("POST", "/v1/sources", Some(&body));
        assert_eq!(
            refused.error(422, "UNPROCESSABLE")["details"]["missing"],
            json!([digest(b"x")])
        );
        assert_eq!(upload(&server, &archive(&[b"x"])).status, 200);
        server.post("/v1/sources", &body);
    }
}
