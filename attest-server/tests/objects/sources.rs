//! Trees of uploaded objects.

use serde_json::json;

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
