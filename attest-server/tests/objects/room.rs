//! Statistics, removal by name, and making room, without executions.

use serde_json::json;

use crate::archives::{archive, digest, missing, upload};
use crate::clock::Clock;
use crate::support::{TestServer, config};

const HOUR: i64 = 3600;

fn server(data: &std::path::Path, clock: &Clock) -> TestServer {
    TestServer::start(attest_server::Config {
        host: clock.host(),
        ..config(data)
    })
}

#[test]
fn statistics_count_what_is_stored_and_are_never_null() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let empty = json!({
        "total_size_bytes": 0, "total_entries": 0, "hit_rate": 0.0, "miss_rate": 0.0,
        "backends": {"local": {"size_bytes": 0, "entries": 0, "hit_rate": 0.0}},
    });
    assert_eq!(server.get("/v1/cache/stats"), empty);
    upload(&server, &archive(&[b"one", b"three", b"one"]));
    let stats = server.get("/v1/cache/stats");
    assert_eq!(
        (&stats["total_size_bytes"], &stats["total_entries"]),
        (&json!(8), &json!(2))
    );
    assert_eq!(stats["backends"]["local"]["entries"], 2);
}

#[test]
fn an_object_is_removed_by_name_once() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    upload(&server, &archive(&[b"one", b"two"]));
    let path = format!("/v1/cache/objects/{}", digest(b"one"));
    let removed = server.call("DELETE", &path, None);
    assert_eq!((removed.status, removed.body.len()), (204, 0));
    for method in ["DELETE", "GET"] {
        let gone = server.call(method, &path, None);
        assert_eq!(
            gone.error(404, "RESOURCE_NOT_FOUND")["details"]["reason"],
            "missing"
        );
    }
    assert_eq!(missing(&server, &[digest(b"two")]), json!([]));
    assert_eq!(server.get("/v1/cache/stats")["total_entries"], 1);
    let misnamed = server.call("DELETE", "/v1/cache/objects/blake3:12", None);
    assert_eq!(
        misnamed.error(400, "VALIDATION_ERROR")["details"]["field"],
        "digest"
    );
}

#[test]
fn what_was_uploaded_or_asked_for_within_the_hour_stays_and_then_goes_once() {
    let data = tempfile::tempdir().unwrap();
    let clock = Clock::new();
    let server = server(data.path(), &clock);
    upload(&server, &archive(&[b"asked", b"forgotten"]));
    let everything = json!({"max_age_days": 0, "target_size_percent": 0, "aggressive": true});
    let nothing = server.post("/v1/cache/gc", &everything);
    assert_eq!(
        (&nothing["deleted_objects"], &nothing["total_size_bytes"]),
        (&json!(0), &json!(14))
    );
    clock.advance(2 * HOUR);
    assert_eq!(missing(&server, &[digest(b"asked")]), json!([]));
    clock.advance(HOUR);
    let some = server.post("/v1/cache/gc", &everything);
    assert_eq!(
        (
            &some["deleted_objects"],
            &some["freed_bytes"],
            &some["total_size_bytes"]
        ),
        (&json!(1), &json!(9), &json!(5)),
        "{some}"
    );
    assert!(some["duration_seconds"].is_number());
    assert_eq!(
        missing(&server, &[digest(b"asked"), digest(b"forgotten")]),
        json!([digest(b"forgotten")])
    );
    assert_eq!(
        server.post("/v1/cache/gc", &json!({}))["deleted_objects"],
        0
    );
}

#[test]
fn a_source_keeps_its_objects_until_it_is_as_old_as_was_said() {
    let data = tempfile::tempdir().unwrap();
    let clock = Clock::new();
    let server = server(data.path(), &clock);
    upload(&server, &archive(&[b"main", b"stray"]));
    let entries = json!({"entries": [{"path": "a", "kind": "file", "digest": digest(b"main")}]});
    server.post("/v1/sources", &entries);
    clock.advance(24 * HOUR + 2 * HOUR);
    let aged = |days: u32| server.post("/v1/cache/gc", &json!({"max_age_days": days}));
    assert_eq!(aged(2)["deleted_objects"], 1, "the stray object");
    assert_eq!(aged(1)["deleted_objects"], 2, "the object and the tree");
    assert_eq!(aged(1)["deleted_objects"], 0);
    let refused = server.call("POST", "/v1/sources", Some(&entries));
    assert_eq!(
        refused.error(422, "UNPROCESSABLE")["details"]["missing"],
        json!([digest(b"main")])
    );
}

#[test]
fn a_wrong_request_to_collect_is_refused_by_field() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    for (body, field) in [
        (json!({"target_size_percent": 101}), "target_size_percent"),
        (json!({"target_size_percent": 300}), "target_size_percent"),
        (json!({"max_age_days": -1}), "max_age_days"),
        (json!({"max_age": 1}), "max_age"),
    ] {
        let refused = server.call("POST", "/v1/cache/gc", Some(&body));
        assert_eq!(
            refused.error(400, "VALIDATION_ERROR")["details"]["field"],
            field
        );
    }
    assert_eq!(server.call("POST", "/v1/cache/gc", None).status, 200);
    let old = json!({"max_age_days": u32::MAX});
    assert_eq!(server.post("/v1/cache/gc", &old)["deleted_objects"], 0);
}
