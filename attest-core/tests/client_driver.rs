//! The driver against real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::time::Duration;

use attest_core::client::{
    ClientBuilder, ClientConfig, Driver, Timeouts, artifacts, executions, keys, receipts,
};
use attest_core::error::ErrorKind;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn options(url: &str) -> ClientBuilder {
    ClientConfig::builder()
        .base_url(url)
        .api_key("attest_key_secret")
}

fn driver(url: &str) -> Driver {
    Driver::new(options(url).build().unwrap()).unwrap()
}

/// A server that answers every connection with these bytes and closes it.
async fn raw(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await;
            let _ = socket.write_all(&answer).await;
            let _ = socket.shutdown().await;
        }
    });
    url
}

#[tokio::test]
async fn the_credential_travels_as_a_bearer_and_never_to_a_redirects_target() {
    let (near, far) = (MockServer::start().await, MockServer::start().await);
    Mock::given(method("GET"))
        .and(path("/v1/executions/exec_1"))
        .and(header("authorization", "Bearer attest_key_secret"))
        .respond_with(
            ResponseTemplate::new(302).insert_header("location", format!("{}/there", far.uri())),
        )
        .mount(&near)
        .await;
    Mock::given(path("/there"))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({"id": "exec_1", "status": "queued"})),
        )
        .mount(&far)
        .await;
    let execution = driver(&near.uri())
        .call(executions::get("exec_1").unwrap())
        .await
        .unwrap();
    assert_eq!(execution.id, "exec_1");
    let received = far.received_requests().await.unwrap();
    assert_eq!(received.len(), 1);
    assert!(received[0].headers.get("authorization").is_none());
}

#[tokio::test]
async fn a_failing_server_is_asked_once() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(
            ResponseTemplate::new(503)
                .insert_header("retry-after", "7")
                .insert_header("x-request-id", "req_7"),
        )
        .expect(1)
        .mount(&server)
        .await;
    let error = driver(&server.uri()).call(keys::list()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.attempts()),
        (ErrorKind::InternalError, Some(503), 1)
    );
    assert_eq!(
        (error.request_id(), error.retry_after()),
        (Some("req_7"), Some(Duration::from_secs(7)))
    );
}

#[tokio::test]
async fn an_exceeded_limit_says_when_to_come_back_and_the_last_one_seen_is_kept() {
    let server = MockServer::start().await;
    let limited = ResponseTemplate::new(429)
        .insert_header("retry-after", "30")
        .insert_header("x-ratelimit-limit", "100")
        .insert_header("x-ratelimit-remaining", "0");
    Mock::given(path("/v1/keys"))
        .respond_with(limited)
        .mount(&server)
        .await;
    let driver = driver(&server.uri());
    assert_eq!(driver.rate_limit(), None);
    let before = chrono::Utc::now().timestamp();
    let error = driver.call(keys::list()).await.unwrap_err();
    let after = chrono::Utc::now().timestamp();
    let limit = error.rate_limit().unwrap();
    assert_eq!((limit.limit, limit.remaining), (Some(100), Some(0)));
    assert!((before + 30..=after + 31).contains(&limit.reset_at));
    // A clone is the same client; an answer that says nothing changes nothing.
    let clone = driver.clone();
    driver
        .call(executions::get("exec_1").unwrap())
        .await
        .unwrap_err();
    assert_eq!(clone.rate_limit(), Some(limit));
}

#[tokio::test]
async fn a_receipt_arrives_byte_for_byte() {
    let server = MockServer::start().await;
    let body = r#"{"receipt":{"b" :1.50,"a":"\u00e9"},"verification":{"signature_valid":true,"timestamp_valid":true,"chain_of_trust":"galactic"}}"#;
    Mock::given(path("/v1/executions/exec_1/receipt"))
        .respond_with(ResponseTemplate::new(200).set_body_string(body))
        .mount(&server)
        .await;
    let receipt = driver(&server.uri())
        .call(receipts::get("exec_1").unwrap())
        .await
        .unwrap();
    assert_eq!(receipt.receipt.get(), r#"{"b" :1.50,"a":"\u00e9"}"#);
    assert_eq!(receipt.verification.chain_of_trust.as_str(), "galactic");
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(vec![b' '; 21 * 1024 * 1024]))
        .mount(&server)
        .await;
    let error = driver(&server.uri()).call(keys::list()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().contains("longer than"), "{error}");
}

#[tokio::test]
async fn of_a_huge_error_only_the_beginning_is_read() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(502).set_body_string("<html>".repeat(500_000)))
        .mount(&server)
        .await;
    let error = driver(&server.uri()).call(keys::list()).await.unwrap_err();
    assert_eq!(
        (error.status(), error.kind()),
        (Some(502), ErrorKind::InternalError)
    );
    assert!(error.message().contains("<html>") && error.message().len() < 500);
}

#[tokio::test]
async fn nobody_listening_is_a_connection_error_that_names_the_place() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = driver(&url).call(keys::list()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert!(
        error.message().contains(&url) && error.message().contains("refused"),
        "{error}"
    );
    assert!(error.is_retryable());
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_a_connection_error() {
    let url = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"keys\"".to_vec()).await;
    assert_eq!(
        driver(&url).call(keys::list()).await.unwrap_err().kind(),
        ErrorKind::Connection
    );
    let url = raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()).await;
    assert_eq!(
        driver(&url).call(keys::list()).await.unwrap_err().kind(),
        ErrorKind::Connection
    );
}

#[tokio::test]
async fn a_silent_server_is_given_up_after_the_time_for_one_attempt() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_delay(Duration::from_secs(60)))
        .mount(&server)
        .await;
    let timeouts = Timeouts {
        attempt: Duration::from_millis(50),
        ..Timeouts::default()
    };
    let driver = Driver::new(options(&server.uri()).timeouts(timeouts).build().unwrap()).unwrap();
    assert_eq!(
        driver.call(keys::list()).await.unwrap_err().kind(),
        ErrorKind::Timeout
    );
}

#[tokio::test]
async fn a_download_streams_and_its_refusal_is_an_error() {
    let server = MockServer::start().await;
    let content: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    Mock::given(path("/v1/executions/exec_1/artifacts/out/a"))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(content.clone()))
        .mount(&server)
        .await;
    let driver = driver(&server.uri());
    let mut download = driver
        .download(artifacts::download("exec_1", "out/a").unwrap())
        .await
        .unwrap();
    assert_eq!(download.size(), Some(3_000_000));
    let mut received = Vec::new();
    while let Some(piece) = download.next().await.unwrap() {
        received.extend(piece);
    }
    assert!(received == content);
    let error = driver
        .download(artifacts::download("exec_1", "gone").unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResourceNotFound);
    let url = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec()).await;
    let mut broken = self::driver(&url)
        .download(artifacts::download("exec_1", "a").unwrap())
        .await
        .unwrap();
    let error = loop {
        match broken.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("half a file passed for a whole one"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Connection);
}

#[tokio::test]
async fn a_certificate_bundle_that_is_none_is_refused() {
    for bundle in [
        "",
        "no pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let error = Driver::new(
            options("https://a.example")
                .ca_bundle(bundle)
                .build()
                .unwrap(),
        )
        .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains("CA bundle"), "{error}");
    }
}
