//! Uploads that are not what they should be: each is refused by name or handled within bounds, and leaves nothing behind.

use std::io::{Read as _, Write as _};
use std::path::Path;

use serde_json::{Value, json};
use tar::EntryType;

use crate::archives::{TAR, ZSTD, add, archive, digest, header, missing, upload, zstd};
use crate::support::{TestServer, config};

/// Files under the store's `tmp`.
pub(crate) fn half_written(data: &Path) -> usize {
    std::fs::read_dir(data.join("blobs/tmp")).unwrap().count()
}

/// The one problem of a refusal.
fn refusal(server: &TestServer, archive: &[u8]) -> (String, String) {
    let error = upload(server, archive).error(400, "VALIDATION_ERROR");
    let text = |name: &str| error["details"][name].as_str().unwrap().to_owned();
    (text("field"), text("issue"))
}

/// An archive of one good member, then one that is `changed`, then another good one.
pub(crate) fn with_member(change: impl FnOnce(&mut tar::Header)) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    add(&mut builder, &digest(b"before"), b"before");
    let mut changed = header(&digest(b"member"), 6);
    change(&mut changed);
    changed.set_cksum();
    builder.append(&changed, &b"member"[..]).unwrap();
    add(&mut builder, &digest(b"after"), b"after");
    builder.into_inner().unwrap()
}

#[test]
fn every_kind_of_member_but_a_plain_file_is_refused_by_name() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let kinds = [
        (EntryType::Link, "hard link"),
        (EntryType::Symlink, "symbolic link"),
        (EntryType::Char, "character device"),
        (EntryType::Block, "block device"),
        (EntryType::Directory, "directory"),
        (EntryType::Fifo, "FIFO"),
        (EntryType::GNUSparse, "sparse file"),
        (EntryType::GNULongName, "long name"),
        (EntryType::GNULongLink, "long name"),
        (EntryType::XHeader, "pax extended header"),
        (EntryType::XGlobalHeader, "pax extended header"),
        (EntryType::Continuous, "'7'"),
        (EntryType::new(b'V'), "'V'"),
    ];
    for (kind, word) in kinds {
        let (field, issue) = refusal(&server, &with_member(|header| header.set_entry_type(kind)));
        assert_eq!(field, digest(b"member"), "{word}");
        assert!(issue.contains(word), "{issue}");
    }
    let (there, not) = ([digest(b"before")], [digest(b"member"), digest(b"after")]);
    assert_eq!(
        missing(&server, &there),
        json!([]),
        "what came before stays"
    );
    assert_eq!(missing(&server, &not), json!(not));
    assert_eq!(half_written(data.path()), 0);
}

#[test]
fn a_name_that_is_no_digest_is_refused_and_never_a_path() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let hex = &digest(b"member")[7..];
    let upper = format!("blake3:{}", hex.to_uppercase());
    let (short, long) = (format!("blake3:{}", &hex[1..]), format!("blake3:{hex}0"));
    let (dotted, nested) = (format!("./blake3:{hex}"), format!("blake3:{hex}/x"));
    let names = [
        "",
        "x",
        hex,
        &upper,
        &short,
        &long,
        &dotted,
        &nested,
        "../../escape",
        "/etc/passwd",
        "blake3:../../../../../../../../../../../../../../../../../../../../escape00",
    ];
    for name in names {
        let hostile = with_member(|header| {
            let bytes = header.as_mut_bytes();
            bytes[..100].fill(0);
            bytes[..name.len()].copy_from_slice(name.as_bytes());
        });
        let (field, issue) = refusal(&server, &hostile);
        assert_eq!(field, name);
        assert!(issue.contains("no name of an object"), "{issue}");
    }
    // A prefix is part of the name, in the one kind of header that has one.
    let prefixed = with_member(|header| header.as_mut_bytes()[345..348].copy_from_slice(b"a/b"));
    assert_eq!(
        refusal(&server, &prefixed).0,
        format!("a/b/{}", digest(b"member"))
    );
    let bytes = with_member(|header| header.as_mut_bytes()[..3].copy_from_slice(&[0xff, 0x1b, 7]));
    assert!(
        !refusal(&server, &bytes).0.contains('\u{1b}'),
        "nothing that steers a terminal"
    );
    assert!(!data.path().join("escape").exists());
}

#[test]
fn content_that_hashes_otherwise_names_the_member_and_what_it_is() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    for content in [&b"wrong"[..], &vec![1; 3_000_000]] {
        let mut builder = tar::Builder::new(Vec::new());
        add(&mut builder, &digest(b"right"), content);
        let refused = upload(&server, &builder.into_inner().unwrap());
        let details = refused.error(400, "VALIDATION_ERROR")["details"].clone();
        assert_eq!(details["field"], digest(b"right"));
        assert_eq!(details["actual"], digest(content));
        assert!(
            details["issue"]
                .as_str()
                .unwrap()
                .contains(&digest(content))
        );
        let neither = [digest(b"right"), digest(content)];
        assert_eq!(missing(&server, &neither), json!(neither));
    }
    assert_eq!(half_written(data.path()), 0);
}

#[test]
fn a_size_that_lies_is_refused_wherever_it_leads() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let (field, _) = refusal(&server, &with_member(|header| header.set_size(5)));
    assert_eq!(field, digest(b"member"), "shorter");
    let (field, _) = refusal(&server, &with_member(|header| header.set_size(7)));
    assert_eq!(field, digest(b"member"), "longer");
    for size in [1 << 20, 1 << 40, u64::MAX] {
        let (field, issue) = refusal(&server, &with_member(|header| header.set_size(size)));
        assert_eq!(field, digest(b"member"));
        assert!(
            issue.contains(&format!("before the member's {size} bytes")),
            "{issue}"
        );
    }
    let (field, issue) = refusal(
        &server,
        &with_member(|header| header.as_mut_bytes()[124..136].copy_from_slice(b"elephantine\0")),
    );
    assert_eq!(field, digest(b"member"));
    assert!(issue.contains("no number"), "{issue}");
    assert_eq!(half_written(data.path()), 0);
}

#[test]
fn what_is_cut_off_or_goes_on_after_its_end_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let whole = archive(&[b"content"]);
    assert_eq!(whole.len(), 2048);
    for (length, word) in [
        (0, "cut off"),
        (100, "cut off"),
        (512, "before the member's 7 bytes"),
        (515, "before the member's 7 bytes"),
        (600, "before the member's 7 bytes"),
        (1024, "cut off"),
        (1536, "cut off"),
        (2047, "cut off"),
    ] {
        let body = &whole[..length];
        let issue = match length {
            // Without a body there is nothing to have a type either.
            0 => {
                upload(&server, b"").error(400, "VALIDATION_ERROR")["details"]["issue"].to_string()
            }
            _ => refusal(&server, body).1,
        };
        assert!(issue.contains(word), "{length}: {issue}");
    }
    let padded = [&whole[..], &[0; 20 * 512]].concat();
    assert_eq!(
        upload(&server, &padded).status,
        200,
        "padding to a record is as usual"
    );
    for tail in [
        &b"x"[..],
        &[&[0; 512][..], b"x"].concat(),
        &archive(&[b"second"]),
    ] {
        let issue = refusal(&server, &[&whole[..], tail].concat()).1;
        assert!(issue.contains("after the archive's end"), "{issue}");
    }
    let one_block = [&whole[..1536], &archive(&[b"second"])].concat();
    assert!(
        refusal(&server, &one_block)
            .1
            .contains("after the archive's end")
    );
    assert_eq!(
        missing(&server, &[digest(b"second")]),
        json!([digest(b"second")])
    );
    let endless = [&whole[..], &vec![0; 3 << 20]].concat();
    assert!(
        refusal(&server, &endless)
            .1
            .contains("after the archive's end")
    );
}

#[test]
fn what_is_no_archive_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let noise: Vec<u8> = (0..4096_u32).map(|n| (n * n % 251) as u8).collect();
    assert!(refusal(&server, &noise).1.contains("not a tar archive"));
    let packed = zstd(&archive(&[b"x"]));
    assert!(
        refusal(&server, &packed).1.contains("cut off"),
        "zstd without saying so"
    );
    for broken in [&noise[..], &packed[..packed.len() - 3], &archive(&[b"x"])] {
        let refused = server.send("POST", "/v1/cache/objects", &[TAR, ZSTD], broken);
        refused.error(400, "VALIDATION_ERROR");
    }
    for headers in [
        [("Content-Type", "application/json"), ("Accept", "*/*")],
        [TAR, ("Content-Encoding", "gzip")],
        [TAR, ("Content-Encoding", "zstd, zstd")],
    ] {
        let refused = server.send("POST", "/v1/cache/objects", &headers, &archive(&[b"x"]));
        refused.error(415, "UNSUPPORTED_MEDIA_TYPE");
    }
}

#[test]
fn the_same_member_twice_is_stored_once() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let stored = upload(&server, &archive(&[b"twin", b"twin"])).json();
    assert_eq!(stored, json!({"objects": 2, "size_bytes": 8}));
    assert_eq!(server.get("/v1/cache/stats")["total_entries"], 1);
}

/// Zeros, `length` bytes of them, in a zstd frame that costs next to nothing.
fn packed_zeros(member: Option<u64>, length: u64) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    if let Some(size) = member {
        encoder
            .write_all(header(&digest(b"?"), size).as_bytes())
            .unwrap();
    }
    std::io::copy(&mut std::io::repeat(0).take(length), &mut encoder).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_zstd_bomb_is_stopped_at_its_bound() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let bomb = packed_zeros(Some(1 << 40), (1 << 30) + (1 << 20));
    assert!(bomb.len() < 1 << 20, "{} bytes", bomb.len());
    let refused = server.send("POST", "/v1/cache/objects", &[TAR, ZSTD], &bomb);
    assert_eq!(
        refused.error(413, "PAYLOAD_TOO_LARGE")["details"]["limit_bytes"],
        1 << 30
    );
    assert_eq!(half_written(data.path()), 0);
    assert_eq!(server.get("/v1/cache/stats")["total_size_bytes"], 0);
}

#[test]
fn a_frame_that_asks_for_more_memory_than_is_given_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(27).unwrap();
    encoder.include_contentsize(false).unwrap();
    let object = vec![0; 16 << 20];
    encoder.write_all(&archive(&[&object])).unwrap();
    let packed = encoder.finish().unwrap();
    let refused = server.send("POST", "/v1/cache/objects", &[TAR, ZSTD], &packed);
    let details = refused.error(400, "VALIDATION_ERROR")["details"].clone();
    assert!(
        details["issue"].to_string().contains("too much memory"),
        "{details}"
    );
}

#[test]
fn frames_are_one_body_and_nothing_hides_between_or_after_them() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let whole = archive(&[b"framed", &[7; 3000]]);
    let send = |body: &[u8]| server.send("POST", "/v1/cache/objects", &[TAR, ZSTD], body);
    let refused = |body: &[u8]| {
        let error = send(body).error(400, "VALIDATION_ERROR");
        error["details"]["issue"].as_str().unwrap().to_owned()
    };
    // RFC 8878, section 3.1.2: a frame that says how much of it is to be passed over.
    let skipped = |content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap();
        [
            &[0x50, 0x2a, 0x4d, 0x18][..],
            &length.to_le_bytes(),
            content,
        ]
        .concat()
    };
    let (start, end) = whole.split_at(700);
    let frames = [zstd(start), skipped(b"passed over"), zstd(b""), zstd(end)].concat();
    assert_eq!(send(&frames).json()["objects"], 2);

    let second = [zstd(&whole), skipped(b""), zstd(&archive(&[b"second"]))].concat();
    assert!(refused(&second).contains("after the archive's end"));
    let absent = [digest(b"second")];
    assert_eq!(missing(&server, &absent), json!(absent));
    refused(&[&zstd(&whole)[..], b"garbage"].concat());
    refused(&[zstd(&whole), skipped(b"cut off")[..12].to_vec()].concat());
    assert!(refused(&skipped(&[0; 1 << 20])).contains("cut off"));

    // A raw block of five bytes, in a frame that says it was made with dictionary 7, or with none.
    let framed = |dictionary: &[u8]| {
        let descriptor = 0x20 | u8::try_from(dictionary.len()).unwrap();
        let head = [&[0x28, 0xb5, 0x2f, 0xfd, descriptor][..], dictionary].concat();
        [&head[..], &[5, 5 << 3 | 1, 0, 0], b"hello"].concat()
    };
    assert!(refused(&framed(&[])).contains("cut off"));
    assert!(refused(&framed(&[7])).to_lowercase().contains("dictionary"));
    assert_eq!(half_written(data.path()), 0);
}

#[test]
fn uploads_need_the_right_to_execute() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    for (method, path) in [
        ("POST", "/v1/cache/objects"),
        ("POST", "/v1/cache/objects/missing"),
        ("POST", "/v1/sources"),
        ("GET", "/v1/cache/objects/blake3:00"),
        ("DELETE", "/v1/cache/objects/blake3:00"),
        ("GET", "/v1/cache/stats"),
        ("POST", "/v1/cache/gc"),
    ] {
        let refused = server.call_with(method, path, &[("Authorization", "")], None);
        refused.error(401, "AUTHENTICATION_FAILED");
    }
}

#[test]
fn a_digest_that_is_none_is_named_by_its_place() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let ask = |digests: Value| {
        let asked = json!({"digests": digests});
        let refused = server.call("POST", "/v1/cache/objects/missing", Some(&asked));
        refused.error(400, "VALIDATION_ERROR")["details"].clone()
    };
    let details = ask(json!([digest(b"x"), "sha256:00", "blake3:zz"]));
    assert_eq!(details["field"], "digests[1]");
    assert_eq!(details["errors"][1]["field"], "digests[2]");
    assert_eq!(ask(json!(vec![digest(b"x"); 10_001]))["field"], "digests");
    assert_eq!(ask(json!([7]))["field"], "digests[0]");
    let many: Vec<String> = (0..10_000_u32).map(|n| digest(&n.to_le_bytes())).collect();
    assert_eq!(missing(&server, &many), json!(many));
    let twice = [digest(b"x"), digest(b"y"), digest(b"x")];
    assert_eq!(missing(&server, &twice), json!(twice[..2]));
}
