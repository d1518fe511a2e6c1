//! Objects in and out.

use serde_json::json;

use crate::archives::{TAR, ZSTD, archive, digest, missing, upload, zstd};
use crate::support::{TestServer, config};

#[test]
fn what_is_uploaded_is_no_longer_missing_and_is_served_as_it_was() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let big = vec![7; 3_000_000];
    let contents: [&[u8]; 4] = [b"one", b"", &[1; 512], &big];
    let digests = contents.map(digest).to_vec();
    assert_eq!(missing(&server, &digests), json!(digests));

    let stored = upload(&server, &archive(&contents[..3]));
    assert_eq!(stored.status, 200, "{}", stored.text());
    assert_eq!(stored.json(), json!({"objects": 3, "size_bytes": 515}));
    let packed = zstd(&archive(&[&big]));
    let stored = server.send("POST", "/v1/cache/objects", &[TAR, ZSTD], &packed);
    assert_eq!(
        stored.json(),
        json!({"objects": 1, "size_bytes": 3_000_000})
    );

    assert_eq!(missing(&server, &digests), json!([]));
    for (content, digest) in contents.iter().zip(&digests) {
        let path = format!("/v1/cache/objects/{digest}");
        let served = server.call("GET", &path, None);
        assert_eq!((served.status, &served.body[..]), (200, *content));
        assert_eq!(served.header("etag"), Some(&*format!("\"{digest}\"")));
        assert!(
            served
                .header("cache-control")
                .unwrap()
                .contains("immutable")
        );
        let head = server.call("HEAD", &path, None);
        assert_eq!((head.status, head.body.len()), (200, 0));
        let length = content.len().to_string();
        assert_eq!(head.header("content-length"), Some(&*length));
    }
}

#[test]
fn ten_thousand_small_objects_are_one_request() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let contents: Vec<Vec<u8>> = (0..10_000_u32)
        .map(|n| n.to_le_bytes().repeat(1 + n as usize % 500))
        .collect();
    let contents: Vec<&[u8]> = contents.iter().map(Vec::as_slice).collect();
    let body = zstd(&archive(&contents));
    let stored = server.send("POST", "/v1/cache/objects", &[TAR, ZSTD], &body);
    assert_eq!(stored.json()["objects"], 10_000);
    let digests: Vec<String> = contents.iter().map(|content| digest(content)).collect();
    assert_eq!(missing(&server, &digests), json!([]));
}

/// What somebody did to a stored object.
type Harm = fn(&std::path::Path);

/// Every way a blob can be wrong, and why it is then not served.
const HARMS: [(&str, Harm, &str); 5] = [
    (
        "corrupt",
        |blob| std::fs::write(blob, "evil-two").unwrap(),
        "damaged",
    ),
    (
        "truncated",
        |blob| std::fs::write(blob, "good").unwrap(),
        "damaged",
    ),
    (
        "emptied",
        |blob| std::fs::write(blob, "").unwrap(),
        "damaged",
    ),
    (
        "swapped",
        |blob| {
            let other = blob.parent().unwrap().join("other");
            std::fs::write(&other, "the content of another object").unwrap();
            std::fs::rename(other, blob).unwrap();
        },
        "damaged",
    ),
    (
        "missing",
        |blob| std::fs::remove_file(blob).unwrap(),
        "missing",
    ),
];

#[test]
fn a_blob_that_is_not_what_its_name_says_is_never_served_and_can_be_uploaded_anew() {
    for (harm, inflict, reason) in HARMS {
        for method in ["GET", "HEAD"] {
            let data = tempfile::tempdir().unwrap();
            let server = TestServer::start(config(data.path()));
            upload(&server, &archive(&[b"good-one"]));
            let digest = digest(b"good-one");
            let hex = &digest[7..];
            let blob = data
                .path()
                .join("blobs")
                .join(&hex[..2])
                .join(&hex[2..4])
                .join(hex);
            inflict(&blob);
            let path = format!("/v1/cache/objects/{digest}");
            let refused = server.call(method, &path, None);
            assert_eq!(refused.status, 404, "{harm}");
            assert_eq!(refused.header("etag"), None, "{harm}");
            let refused = server.call("GET", &path, None);
            let error = refused.error(404, "RESOURCE_NOT_FOUND");
            assert_eq!(error["details"]["reason"], reason, "{harm}");
            assert_eq!(server.get("/v1/cache/stats")["total_entries"], 0, "{harm}");
            assert_eq!(
                missing(&server, std::slice::from_ref(&digest)),
                json!([digest]),
                "{harm}"
            );
            assert_eq!(upload(&server, &archive(&[b"good-one"])).status, 200);
            assert_eq!(server.call("GET", &path, None).text(), "good-one", "{harm}");
        }
    }
}

#[test]
fn a_truncated_blob_is_told_from_the_object_that_is_uploaded_again() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    upload(&server, &archive(&[b"good-one"]));
    let digest = digest(b"good-one");
    let hex = &digest[7..];
    let blob = data
        .path()
        .join("blobs")
        .join(&hex[..2])
        .join(&hex[2..4])
        .join(hex);
    std::fs::write(&blob, "good").unwrap();
    assert_eq!(upload(&server, &archive(&[b"good-one"])).status, 200);
    assert_eq!(std::fs::read(&blob).unwrap(), b"good-one");
}
