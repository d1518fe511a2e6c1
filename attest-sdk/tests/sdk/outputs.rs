//! Outputs through a client: nothing of what a hostile server sends reaches the directory.

use std::fs;
use std::path::{Path, PathBuf};

use attest_sdk::manifest::{Kind, Line, Manifest};
use attest_sdk::receipt::Artifact;
use attest_sdk::receipt::Body;
use attest_sdk::verify::Verifier;
use attest_sdk::{AttestClient, Digest, Downloaded, Error, ErrorKind, SigningKey};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{answer, asked, body, client, published, server};

const LIST: &str = "/v1/executions/exec_1/artifacts";

fn key() -> SigningKey {
    SigningKey::generate().unwrap()
}

fn artifact(path: &str, kind: &str, digest: Digest) -> Artifact {
    Artifact {
        step: "test".to_owned(),
        path: path.to_owned(),
        kind: kind.to_owned(),
        digest: digest.into(),
        algorithm: "blake3".to_owned(),
    }
}

/// The body of a successful run of `exec_1` whose step declares `out` and made these files.
fn made(files: &[(&str, &str)]) -> Body {
    let mut body = body("exec_1", 0);
    let provenance = body.provenance.as_mut().unwrap();
    provenance.steps[0].outputs = vec!["out".to_owned()];
    provenance.artifacts = files
        .iter()
        .map(|(path, content)| artifact(path, "file", Digest::of(content.as_bytes())))
        .collect();
    body
}

fn listed(path: &str, content: &str) -> Value {
    let digest = Digest::of(content.as_bytes()).to_string();
    json!({"step": "test", "path": path, "kind": "file", "digest": digest, "size_bytes": content.len()})
}

/// A server with this receipt, signed by a key that it publishes, and this list; its files are up to the test.
async fn serving(body: Body, list: &[Value]) -> MockServer {
    let key = key();
    let json = body.sign(&key).unwrap().to_json();
    let server = server(&json, &[published(&key, "active")]).await;
    answer(&server, LIST, 200, json!({"artifacts": list}).to_string()).await;
    server
}

async fn serve(server: &MockServer, file: &str, content: &str) {
    answer(server, &format!("{LIST}/{file}"), 200, content).await;
}

async fn fetch(client: &AttestClient, dir: &Path) -> Result<Downloaded, Error> {
    let execution = client.executions().get("exec_1").await?;
    execution.download_outputs(dir).await
}

fn everything(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.symlink_metadata().unwrap().is_dir() {
            found.extend(everything(&path));
        }
        found.push(path);
    }
    found
}

#[tokio::test]
async fn what_the_receipt_attests_comes_and_what_the_server_lists_beside_it_does_not() {
    let server = serving(
        made(&[("out/a", "a"), ("out/d/b", "bb")]),
        &[
            listed("out/a", "a"),
            listed("out/evil", "e"),
            listed("out/d/b", "bb"),
        ],
    )
    .await;
    for (file, content) in [("out/a", "a"), ("out/d/b", "bb"), ("out/evil", "e")] {
        serve(&server, file, content).await;
    }
    let dir = tempfile::tempdir().unwrap();
    let downloaded = fetch(&client(&server), dir.path()).await.unwrap();
    assert_eq!((downloaded.files, downloaded.bytes), (2, 3));
    assert_eq!(fs::read(dir.path().join("out/d/b")).unwrap(), b"bb");
    assert!(!dir.path().join("out/evil").exists());
    assert_eq!(asked(&server, &format!("{LIST}/out/evil")).await, 0);
}

#[tokio::test]
async fn a_receipt_that_is_not_valid_gives_nothing_and_no_file_is_asked_for() {
    let good = made(&[("out/a", "a")]);
    let mut failed = good.clone();
    failed.steps[0].exit_code = 1;
    let mut another = good.clone();
    another.provenance.as_mut().unwrap().invocation_id = Some("exec_2".to_owned());
    let signer = key();
    let untrusted = [published(&key(), "active")];
    let trusted = [published(&signer, "active")];
    for (body, keys) in [(good, &untrusted), (failed, &trusted), (another, &trusted)] {
        let json = body.sign(&signer).unwrap().to_json();
        let server = server(&json, keys).await;
        answer(&server, LIST, 200, r#"{"artifacts": []}"#).await;
        serve(&server, "out/a", "a").await;
        let dir = tempfile::tempdir().unwrap();
        let error = fetch(&client(&server), dir.path()).await.unwrap_err();
        assert!(error.message().contains("nothing is downloaded"), "{error}");
        assert_eq!(everything(dir.path()), Vec::<PathBuf>::new());
        assert_eq!(asked(&server, &format!("{LIST}/out/a")).await, 0);
    }
}

#[tokio::test]
async fn the_callers_verifier_decides_where_one_is_given() {
    let server = serving(made(&[("out/a", "a")]), &[]).await;
    serve(&server, "out/a", "a").await;
    let other = Verifier::builder()
        .trusted_keys([key().public_key().to_string()])
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let execution = client(&server).executions().get("exec_1").await.unwrap();
    let download = execution
        .download_outputs(dir.path())
        .verifier(other.build());
    assert_eq!(download.await.unwrap_err().kind(), ErrorKind::Decode);
    assert_eq!(everything(dir.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_verifier_that_asks_for_little_still_takes_nothing_of_a_failed_run() {
    let signer = key();
    let mut failed = made(&[("out/a", "a")]);
    failed.steps[0].exit_code = 1;
    let json = failed.sign(&signer).unwrap().to_json();
    let server = server(&json, &[]).await;
    answer(&server, LIST, 200, r#"{"artifacts": []}"#).await;
    serve(&server, "out/a", "a").await;
    let lenient = Verifier::builder()
        .trusted_keys([signer.public_key().to_string()])
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let execution = client(&server).executions().get("exec_1").await.unwrap();
    let download = execution
        .download_outputs(dir.path())
        .verifier(lenient.build());
    let error = download.await.unwrap_err();
    assert!(error.message().contains("exit code 1"), "{error}");
    assert_eq!(everything(dir.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn one_wrong_file_keeps_all_of_them_out() {
    for wrong in ["B", "", "bbbbbbbbbb"] {
        let server = serving(made(&[("out/a", "a"), ("out/b", "b")]), &[]).await;
        serve(&server, "out/a", "a").await;
        serve(&server, "out/b", wrong).await;
        let dir = tempfile::tempdir().unwrap();
        let error = fetch(&client(&server), dir.path()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.message().contains("out/b"), "{error}");
        assert_eq!(everything(dir.path()), Vec::<PathBuf>::new());
    }
}

#[tokio::test]
async fn a_collected_file_is_the_servers_answer() {
    let server = serving(made(&[("out/a", "a")]), &[]).await;
    let gone = r#"{"error": {"code": "RESOURCE_NOT_FOUND", "message": "collected", "details": {"reason": "collected"}}}"#;
    answer(&server, &format!("{LIST}/out/a"), 404, gone).await;
    let dir = tempfile::tempdir().unwrap();
    let error = fetch(&client(&server), dir.path()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResourceNotFound);
    assert_eq!(error.details().unwrap()["reason"], "collected");
    assert_eq!(everything(dir.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_file_that_breaks_off_is_no_file_and_its_other_origin_gets_no_key() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = format!("http://{}/a", listener.local_addr().unwrap());
    let seen = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = [0; 8192];
        let read = socket.read(&mut request).await.unwrap();
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
        socket.write_all(answer).await.unwrap();
        String::from_utf8_lossy(&request[..read]).to_lowercase()
    });
    let server = serving(made(&[("out/a", "half")]), &[]).await;
    Mock::given(path(format!("{LIST}/out/a")))
        .respond_with(ResponseTemplate::new(302).insert_header("location", elsewhere))
        .mount(&server)
        .await;
    let dir = tempfile::tempdir().unwrap();
    let error = fetch(&client(&server), dir.path()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
    assert_eq!(everything(dir.path()), Vec::<PathBuf>::new());
    assert!(!seen.await.unwrap().contains("authorization"));
}

#[tokio::test]
async fn a_directory_comes_only_where_the_list_is_what_the_receipt_attests() {
    let lines = ["a", "d/b"].map(|name| Line {
        path: format!("out/{name}"),
        kind: Kind::File,
        digest: Digest::of(name.as_bytes()),
    });
    let attested = Manifest {
        run: None,
        lines: lines.to_vec(),
    };
    let mut body = made(&[]);
    body.provenance.as_mut().unwrap().artifacts =
        vec![artifact("out", "directory", attested.digest())];
    let good = [listed("out/a", "a"), listed("out/d/b", "d/b")];
    let more = [good[0].clone(), good[1].clone(), listed("out/c", "c")];
    for (list, comes) in [(&good[..], true), (&more[..], false), (&good[..1], false)] {
        let server = serving(body.clone(), list).await;
        for name in ["a", "d/b"] {
            serve(&server, &format!("out/{name}"), name).await;
        }
        let dir = tempfile::tempdir().unwrap();
        let downloaded = fetch(&client(&server), dir.path()).await;
        assert_eq!(downloaded.is_ok(), comes, "{downloaded:?}");
        assert_eq!(dir.path().join("out/d/b").exists(), comes);
    }
}

#[tokio::test]
async fn thousands_of_files_come_whole() {
    let files: Vec<(String, String)> = (0..1500)
        .map(|n| (format!("out/d{}/f{n}", n % 7), format!("content {n}")))
        .collect();
    let pairs: Vec<(&str, &str)> = files.iter().map(|(p, c)| (&**p, &**c)).collect();
    let server = serving(made(&pairs), &[]).await;
    let contents: std::collections::HashMap<String, String> = files
        .iter()
        .map(|(path, content)| (format!("{LIST}/{path}"), content.clone()))
        .collect();
    Mock::given(wiremock::matchers::path_regex("/artifacts/out/"))
        .respond_with(move |request: &wiremock::Request| {
            ResponseTemplate::new(200).set_body_string(contents[request.url.path()].clone())
        })
        .mount(&server)
        .await;
    let dir = tempfile::tempdir().unwrap();
    let downloaded = fetch(&client(&server), dir.path()).await.unwrap();
    assert_eq!(downloaded.files, 1500);
    for (path, content) in &files {
        assert_eq!(fs::read_to_string(dir.path().join(path)).unwrap(), *content);
    }
}
