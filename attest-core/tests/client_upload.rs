//! Uploads over real sockets: bodies that are read while they travel, and what a batch looks like on the way.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use attest_core::client::upload::{Archive, Batch, MAX_BATCH_BYTES, Object, Progress};
use attest_core::client::{ClientConfig, Content, Driver, Listener, Timeouts, objects};
use attest_core::digest::Digest;
use attest_core::error::ErrorKind;
use attest_core::source;
use attest_core::v1::{Missing, MissingRequest};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

fn driver(url: &str, timeouts: Timeouts) -> Driver {
    let config = ClientConfig::builder()
        .base_url(url)
        .api_key("attest_key_secret")
        .timeouts(timeouts);
    Driver::new(config.build().unwrap()).unwrap()
}

fn idle(milliseconds: u64) -> Timeouts {
    Timeouts {
        attempt: Duration::from_millis(50),
        idle: Duration::from_millis(milliseconds),
        ..Timeouts::default()
    }
}

/// A body of this many pieces, or without end; counts what was taken of it.
struct Pieces {
    count: u64,
    pause: Duration,
    taken: Arc<AtomicU64>,
}

impl Content for Pieces {
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        for _ in 0..self.count {
            out.write_all(&[7; 64 * 1024])?;
            self.taken.fetch_add(64 * 1024, Ordering::SeqCst);
            std::thread::sleep(self.pause);
        }
        Ok(())
    }
}

struct Unreadable;

impl Content for Unreadable {
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&[0; 100_000])?;
        Err(io::Error::other("src/a.c of the source changed"))
    }
}

fn object(path: &str, content: &[u8]) -> Object {
    Object {
        digest: Digest::of(content),
        size: content.len() as u64,
        path: path.to_owned(),
    }
}

fn archive(dir: &Path, objects: Vec<Object>) -> Archive {
    let contents = Arc::new(source::list(dir, &[]).unwrap());
    Archive::new(contents, Batch { objects }, |_| {})
}

fn members(tar: impl io::Read) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(tar);
    let member = |entry: io::Result<tar::Entry<'_, _>>| {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (entry.path().unwrap().to_str().unwrap().to_owned(), content)
    };
    archive.entries().unwrap().map(member).collect()
}

#[test]
fn a_batch_is_a_tar_of_members_named_by_their_digests() {
    let dir = tempfile::tempdir().unwrap();
    let contents: [&[u8]; 4] = [b"", b"x", &[1; 512], &[2; 70_000]];
    let mut objects = Vec::new();
    for (n, content) in contents.iter().enumerate() {
        fs::write(dir.path().join(n.to_string()), content).unwrap();
        objects.push(object(&n.to_string(), content));
    }
    let mut packed = Vec::new();
    archive(dir.path(), objects.clone())
        .write_to(&mut packed)
        .unwrap();
    let tar = zstd::decode_all(&*packed).unwrap();
    assert_eq!(tar.len() % 512, 0);
    let expected: Vec<_> = contents
        .iter()
        .map(|content| (Digest::of(content).to_string(), content.to_vec()))
        .collect();
    assert_eq!(members(&*tar), expected);
}

#[test]
fn a_large_file_is_a_tar_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let size = MAX_BATCH_BYTES + 1;
    fs::File::create(dir.path().join("large"))
        .unwrap()
        .set_len(size)
        .unwrap();
    let content = vec![0; usize::try_from(size).unwrap()];
    let mut tar = Vec::new();
    archive(dir.path(), vec![object("large", &content)])
        .write_to(&mut tar)
        .unwrap();
    assert!(members(&*tar) == [(Digest::of(&content).to_string(), content)]);
}

#[test]
fn a_file_that_is_not_what_was_hashed_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("src");
    for now in ["", "befor", "beforE", "before and more"] {
        fs::write(&file, now).unwrap();
        let error = archive(dir.path(), vec![object("src", b"before")])
            .write_to(&mut io::sink())
            .unwrap_err();
        assert!(
            error.to_string().contains("src of the source changed"),
            "{now:?}: {error}"
        );
    }
    // One that grows without end is given up at once, and not read to the end that it does not have.
    fs::write(&file, vec![0; 1 << 20]).unwrap();
    let sent = Arc::new(AtomicU64::new(0));
    let counted = sent.clone();
    let contents = Arc::new(source::list(dir.path(), &[]).unwrap());
    let objects = vec![object("src", b"before")];
    Archive::new(contents, Batch { objects }, move |length| {
        counted.fetch_add(length, Ordering::SeqCst);
    })
    .write_to(&mut io::sink())
    .unwrap_err();
    assert_eq!(sent.load(Ordering::SeqCst), 0);

    let gone = archive(dir.path(), vec![object("src", b"before")]);
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &file).unwrap();
    let error = gone.write_to(&mut io::sink()).unwrap_err();
    assert!(error.to_string().contains("src"), "{error}");
}

#[tokio::test]
async fn a_streamed_body_may_take_longer_than_an_attempt() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/cache/objects"))
        .and(header("authorization", "Bearer attest_key_secret"))
        .and(header("content-type", "application/x-tar"))
        .and(header("content-encoding", "zstd"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"objects": 1})))
        .mount(&server)
        .await;
    let slow = Pieces {
        count: 5,
        // Each of them is longer than an attempt.
        pause: Duration::from_millis(80),
        taken: Arc::default(),
    };
    let stored = driver(&server.uri(), idle(10_000))
        .call(objects::store(Arc::new(slow), true))
        .await
        .unwrap();
    assert_eq!(stored.objects, 1);
    let sent = &server.received_requests().await.unwrap()[0];
    assert!(sent.body == vec![7; 5 * 64 * 1024]);
}

#[tokio::test]
async fn nothing_moving_is_a_timeout_and_little_is_read_ahead() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // Accepts, and never reads.
    let held = tokio::spawn(async move { listener.accept().await });
    let taken = Arc::new(AtomicU64::new(0));
    let endless = Pieces {
        count: u64::MAX,
        pause: Duration::ZERO,
        taken: taken.clone(),
    };
    let error = driver(&url, idle(300))
        .call(objects::store(Arc::new(endless), false))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let ahead = taken.load(Ordering::SeqCst);
    assert!(ahead < 32 * 1024 * 1024, "{ahead} bytes were read");
    drop(held);
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error_of_its_own_and_the_request_never_looks_whole() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let received = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut all = Vec::new();
        let _ = socket.read_to_end(&mut all).await;
        all
    });
    let error = driver(&url, Timeouts::default())
        .call(objects::store(Arc::new(Unreadable), false))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(error.message(), "src/a.c of the source changed");
    // The last chunk, of length 0, says that a body is whole.
    assert!(!received.await.unwrap().ends_with(b"0\r\n\r\n"));
}

#[tokio::test]
async fn a_refusal_that_comes_before_the_end_is_the_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut head = [0; 4096];
        let _ = socket.read(&mut head).await;
        let body = r#"{"error":{"code":"INSUFFICIENT_STORAGE","message":"The disk is full"}}"#;
        let answer = format!(
            "HTTP/1.1 507 Insufficient Storage\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        socket.write_all(answer.as_bytes()).await.unwrap();
        let mut rest = [0; 65536];
        while socket.read(&mut rest).await.is_ok_and(|read| read > 0) {}
    });
    let long = Pieces {
        count: 200,
        pause: Duration::from_millis(1),
        taken: Arc::default(),
    };
    let error = driver(&url, Timeouts::default())
        .call(objects::store(Arc::new(long), false))
        .await
        .unwrap_err();
    assert_eq!(
        (error.status(), error.message()),
        (Some(507), "The disk is full")
    );
}

#[tokio::test]
async fn objects_are_never_sent_to_another_origin() {
    let (near, far) = (MockServer::start().await, MockServer::start().await);
    Mock::given(method("POST"))
        .respond_with(
            ResponseTemplate::new(307).insert_header("location", format!("{}/there", far.uri())),
        )
        .mount(&near)
        .await;
    let body = Arc::new(b"secret source".to_vec());
    let error = driver(&near.uri(), Timeouts::default())
        .call(objects::store(body, false))
        .await
        .unwrap_err();
    assert!(error.message().contains("not followed"), "{error}");
    assert!(far.received_requests().await.unwrap().is_empty());
}

/// A server that holds nothing at first, and collects these once all of it was sent, as gc may.
async fn forgetful(gone: Vec<String>) -> (MockServer, Arc<Mutex<Vec<Vec<String>>>>) {
    let server = MockServer::start().await;
    let held = Arc::new(Mutex::new(BTreeSet::new()));
    let sent = Arc::new(Mutex::new(Vec::new()));
    let known = held.clone();
    Mock::given(path("/v1/cache/objects/missing"))
        .respond_with(move |request: &Request| {
            let asked: MissingRequest = serde_json::from_slice(&request.body).unwrap();
            let known = known.lock().unwrap();
            let missing = asked.digests.into_iter();
            let missing = missing.filter(|digest| !known.contains(digest)).collect();
            ResponseTemplate::new(200).set_body_json(Missing { missing })
        })
        .mount(&server)
        .await;
    let (seen, taken) = (sent.clone(), held.clone());
    Mock::given(path("/v1/cache/objects"))
        .respond_with(move |request: &Request| {
            let tar = zstd::decode_all(&*request.body).unwrap();
            let names: Vec<String> = members(&*tar).into_iter().map(|(name, _)| name).collect();
            taken.lock().unwrap().extend(names.iter().cloned());
            seen.lock().unwrap().push(names);
            ResponseTemplate::new(200).set_body_json(json!({}))
        })
        .mount(&server)
        .await;
    Mock::given(path("/v1/sources"))
        .respond_with(move |_: &Request| {
            held.lock().unwrap().retain(|digest| !gone.contains(digest));
            let refusal = json!({"error": {"code": "UNPROCESSABLE", "message": "not there", "details": {"missing": gone}}});
            ResponseTemplate::new(422).set_body_json(refusal)
        })
        .up_to_n_times(1)
        .mount(&server)
        .await;
    let named = json!({"source": format!("tree:{}", Digest::of(b"tree"))});
    Mock::given(path("/v1/sources"))
        .respond_with(ResponseTemplate::new(201).set_body_json(named))
        .mount(&server)
        .await;
    (server, sent)
}

#[tokio::test]
async fn a_refusal_that_names_thousands_of_objects_is_read_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    for n in 0..2_000 {
        fs::write(dir.path().join(n.to_string()), n.to_string()).unwrap();
    }
    let gone = (0..2_000).map(|n: u32| Digest::of(n.to_string().as_bytes()).to_string());
    let (server, _) = forgetful(gone.collect()).await;
    let uploaded = driver(&server.uri(), Timeouts::default())
        .upload(source::list(dir.path(), &[]).unwrap(), Arc::new(|_| ()))
        .await
        .unwrap();
    assert_eq!((uploaded.sent_objects, uploaded.requests), (4_000, 6));
}

#[tokio::test]
async fn what_was_collected_during_the_upload_is_sent_again() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a"), "a").unwrap();
    fs::write(dir.path().join("b"), "b").unwrap();
    std::os::unix::fs::symlink("/nowhere", dir.path().join("l")).unwrap();
    let gone = Digest::of(b"b").to_string();
    let (server, sent) = forgetful(vec![gone]).await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hear = heard.clone();
    let listener: Listener = Arc::new(move |progress| hear.lock().unwrap().push(progress));
    let uploaded = driver(&server.uri(), Timeouts::default())
        .upload(source::list(dir.path(), &[]).unwrap(), listener)
        .await
        .unwrap();
    assert_eq!((uploaded.entries, uploaded.bytes), (3, 2));
    assert_eq!((uploaded.sent_objects, uploaded.requests), (3, 6));
    let digests = [Digest::of(b"a").to_string(), Digest::of(b"b").to_string()];
    assert_eq!(
        *sent.lock().unwrap(),
        [digests.to_vec(), digests[1..].to_vec()]
    );
    let heard = heard.lock().unwrap();
    let hashed = Progress::Hashing {
        files: 2,
        of_files: 2,
        bytes: 2,
    };
    assert!(heard.contains(&hashed), "{heard:?}");
    // What is sent again is not counted beyond what there is to send.
    let beyond = |progress: &Progress| matches!(progress, Progress::Sending { bytes, of_bytes, .. } if bytes > of_bytes);
    assert!(!heard.iter().any(beyond), "{heard:?}");
    assert!(
        matches!(heard.last(), Some(Progress::Sending { .. })),
        "{heard:?}"
    );
}
