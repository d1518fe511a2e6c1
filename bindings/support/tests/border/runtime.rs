//! One runtime for the process, whichever thread asks first.

use std::time::Duration;

use attest_bindings_support::{Error, ErrorKind, runtime};

use crate::support::error_of;

#[test]
fn all_threads_share_one_runtime() {
    let ids: Vec<_> = std::thread::scope(|scope| {
        let ask = || scope.spawn(|| runtime::handle().unwrap().id());
        let threads: Vec<_> = (0..8).map(|_| ask()).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]));
}

#[test]
fn a_result_is_waited_for_in_slices() {
    let (sender, gate) = tokio::sync::oneshot::channel();
    let running = runtime::spawn(async move { Ok(gate.await.unwrap_or(0)) }).unwrap();
    assert!(running.wait(Duration::from_millis(1)).is_none());
    sender.send(7).unwrap();
    assert_eq!(running.wait(Duration::from_secs(60)).unwrap().unwrap(), 7);
}

#[test]
fn an_error_and_a_panic_come_back_as_errors() {
    let refused = Error::new(ErrorKind::Conflict, "no");
    assert_eq!(
        error_of(runtime::block_on(async { Err::<(), _>(refused) }))["kind"],
        "conflict"
    );
    let running = runtime::spawn(async { if true { panic!("boom") } else { Ok(()) } }).unwrap();
    let error = error_of(running.wait(Duration::from_secs(60)).unwrap());
    assert_eq!(error["kind"], "internal");
    assert_eq!(runtime::block_on(async { Ok(1) }).unwrap(), 1);
}
