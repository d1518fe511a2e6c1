//! Tar archives, made as a client makes them.

use attest_core::digest::Digest;
use serde_json::Value;

use crate::support::{Answer, TestServer};

/// An archive of these contents under their digests.
pub(crate) fn archive(contents: &[&[u8]]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for content in contents {
        add(&mut builder, &Digest::of(content).to_string(), content);
    }
    builder.into_inner().unwrap()
}

/// Adds a plain member.
pub(crate) fn add(builder: &mut tar::Builder<Vec<u8>>, name: &str, content: &[u8]) {
    builder
        .append(&header(name, content.len() as u64), content)
        .unwrap();
}

pub(crate) fn header(name: &str, size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 3).unwrap()
}

pub(crate) const TAR: (&str, &str) = ("Content-Type", "application/x-tar");
pub(crate) const ZSTD: (&str, &str) = ("Content-Encoding", "zstd");

/// Sends an archive as it is.
pub(crate) fn upload(server: &TestServer, archive: &[u8]) -> Answer {
    server.send("POST", "/v1/cache/objects", &[TAR], archive)
}

/// What the server says it lacks of these.
pub(crate) fn missing(server: &TestServer, digests: &[String]) -> Value {
    let asked = serde_json::json!({"digests": digests});
    server.post("/v1/cache/objects/missing", &asked)["missing"].clone()
}

pub(crate) fn digest(content: &[u8]) -> String {
    Digest::of(content).to_string()
}
