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
