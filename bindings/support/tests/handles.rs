//! Handles are counted while they live, and no path leaks one. A program of its own: the count is the process's.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use attest_bindings_support::{Cancel, Client, SigningKey, Verifier, guard, hooks, runtime};

#[test]
fn every_handle_is_counted_and_no_path_leaks_one() {
    assert_eq!(hooks::live_handles(), 0);
    let options = br#"{"base_url": "http://127.0.0.1:1", "api_key": "k"}"#;
    let client = Client::new(options, "attest-border/0").unwrap();
    let (clone, cancel) = (client.clone(), Cancel::new());
    let verifier = Verifier::new(b"{}").unwrap();
    let key = SigningKey::generate().unwrap();
    assert_eq!(hooks::live_handles(), 5);

    let (logs, events) = (
        client.stream_logs("exec_1", b"{}").unwrap(),
        client.stream_events("exec_1", None),
    );
    let before = hooks::live_handles();
    assert!(
        runtime::block_on(client.get_execution("exec_1", None)).is_err(),
        "nobody listens there"
    );
    cancel.cancel();
    assert!(runtime::block_on(logs.next(Some(cancel.clone()))).is_err());
    assert!(runtime::block_on(events.next(Some(cancel.clone()))).is_err());
    drop(client.cache_stats(Some(cancel.clone())));
    assert!(Client::new(b"{}?", "attest-border/0").is_err());
    let panicked = guard::call(|| {
        let _held = cancel.clone();
        hooks::panic_on_request();
        Ok(())
    });
    assert!(panicked.is_err());
    assert_eq!(hooks::live_handles(), before);

    drop((client, clone, cancel, verifier, key, logs, events));
    assert_eq!(hooks::live_handles(), 0);
}
