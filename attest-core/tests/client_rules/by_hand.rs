//! What a driver does, done by hand.

use std::sync::Arc;
use std::time::Duration;

use attest_core::client::{Action, ClientConfig, Event, Request, Response};
use attest_core::error::Error;
use chrono::DateTime;
use serde_json::Value;

pub(crate) const NOW: Duration = Duration::ZERO;

pub(crate) fn config() -> Arc<ClientConfig> {
    Arc::new(
        ClientConfig::builder()
            .base_url("https://a.example/prefix/v1/")
            .api_key("attest_key_secret")
            .header("x-team", "build")
            .build()
            .unwrap(),
    )
}

pub(crate) fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let text = |text: &str| text.to_owned();
    Response {
        status,
        headers: headers.iter().map(|(n, v)| (text(n), text(v))).collect(),
        body: body.as_bytes().to_vec(),
        received_at: DateTime::UNIX_EPOCH,
    }
}

pub(crate) fn answer(status: u16, body: Value) -> Event {
    Event::Answered(response(status, &[], &body.to_string()))
}

pub(crate) fn redirect(status: u16, to: &str) -> Event {
    Event::Answered(response(status, &[("location", to)], ""))
}

pub(crate) fn sent<T>(action: Action<T>) -> Request {
    match action {
        Action::Send(request) => *request,
        Action::Sleep(_) => panic!("slept instead of sending"),
        Action::Done(Err(error)) => panic!("{error}"),
        Action::Done(Ok(_)) => panic!("done before sending"),
    }
}

pub(crate) fn slept<T>(action: Action<T>) -> Duration {
    match action {
        Action::Sleep(pause) => pause,
        _ => panic!("did not sleep"),
    }
}

pub(crate) fn done<T>(action: Action<T>) -> Result<T, Error> {
    match action {
        Action::Done(result) => result,
        Action::Send(request) => panic!("sent {request:?}"),
        Action::Sleep(_) => panic!("slept"),
    }
}

pub(crate) fn failed<T>(action: Action<T>) -> Error {
    match done(action) {
        Err(error) => error,
        Ok(_) => panic!("it succeeded"),
    }
}
