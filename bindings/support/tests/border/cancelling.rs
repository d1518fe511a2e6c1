//! Calling a call off: by its token, by closing the client, by dropping it. The connection is let go.

use std::time::{Duration, Instant};

use attest_bindings_support::{Cancel, runtime};

use crate::support::{Silent, client, error_of, until_closed, wait};

/// Far beyond what ending takes, far below any timeout of the client.
const SOON: Duration = Duration::from_secs(2);

#[test]
fn a_token_ends_the_call_and_its_connection() {
    let server = Silent::start();
    let (client, cancel) = (client(&server.url), Cancel::new());
    let call = client.get_execution("exec_1", Some(cancel.clone()));
    let running = runtime::spawn(call).unwrap();
    let connection = server.asked.recv().unwrap();
    assert!(running.wait(Duration::from_millis(1)).is_none());
    let began = Instant::now();
    cancel.cancel();
    cancel.cancel();
    let error = error_of(running.wait(Duration::from_secs(60)).unwrap());
    assert_eq!(error["kind"], "cancelled");
    until_closed(connection);
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    assert!(cancel.is_cancelled());
}

#[test]
fn a_token_that_was_pulled_before_lets_nothing_begin() {
    let server = Silent::start();
    let cancel = Cancel::new();
    cancel.cancel();
    let client = client(&server.url);
    let waiting = client.wait_for_completion("exec_1", None, Some(cancel.clone()));
    assert_eq!(error_of(wait(waiting))["kind"], "cancelled");
    let events = client.stream_events("exec_1", None);
    assert_eq!(
        error_of(wait(events.next(Some(cancel))))["kind"],
        "cancelled"
    );
    assert!(server.asked.try_recv().is_err());
}

#[test]
fn closing_ends_what_is_under_way_and_refuses_the_rest() {
    let server = Silent::start();
    let client = client(&server.url);
    let logs = client.stream_logs("exec_1", b"{}").unwrap();
    let running = runtime::spawn(logs.next(None)).unwrap();
    let connection = server.asked.recv().unwrap();
    let clone = client.clone();
    clone.close();
    clone.close();
    assert!(client.is_closed());
    let error = error_of(running.wait(Duration::from_secs(60)).unwrap());
    assert_eq!(error["kind"], "closed");
    until_closed(connection);
    for error in [
        error_of(wait(client.get_pipeline("pip_1", None))),
        error_of(wait(client.bulk_execute(b"[]", None))),
        error_of(wait(client.get_receipt("exec_1", false, None))),
        error_of(wait(logs.next(None))),
        error_of(wait(client.stream_events("exec_1", None).next(None))),
    ] {
        assert_eq!(error["kind"], "closed");
        assert!(
            error["message"]
                .as_str()
                .unwrap()
                .contains("make a new one"),
            "{error}"
        );
    }
    assert!(server.asked.try_recv().is_err());
}

#[test]
fn a_stream_that_is_called_off_lets_go_of_its_connection_and_goes_on_later() {
    let server = Silent::start();
    let client = client(&server.url);
    let events = client.stream_events("exec_1", None);
    for _ in 0..2 {
        let cancel = Cancel::new();
        let running = runtime::spawn(events.next(Some(cancel.clone()))).unwrap();
        let connection = server.asked.recv().unwrap();
        cancel.cancel();
        assert_eq!(error_of(running.wait(SOON).unwrap())["kind"], "cancelled");
        until_closed(connection);
    }
}

#[test]
fn a_call_that_is_dropped_lets_go_of_its_connection() {
    let server = Silent::start();
    let running = runtime::spawn(client(&server.url).cache_stats(None)).unwrap();
    let connection = server.asked.recv().unwrap();
    drop(running);
    until_closed(connection);
}
