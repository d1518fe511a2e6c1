//! Rate-limit headers, and the limit on failed authentications.
//!
//! Only the administrator's key exists so far, and its tier is unlimited: its calls are counted and never refused, the
//! headers carry the enterprise tier's numbers. Failures count per client address, so that keys cannot be guessed fast.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::App;
use super::error::ApiError;

/// Requests a minute of the enterprise tier.
const LIMIT: u32 = 10_000;
/// Failed authentications a minute from one address.
const FAILURES: u32 = 20;
const MINUTE: i64 = 60;
/// Callers counted apart in one minute; invented credentials beyond it share one count, so that they cost no memory.
const CALLERS: usize = 50_000;

/// Calls and failures of the current minute.
#[derive(Default)]
pub(crate) struct Limits {
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    minute: i64,
    calls: HashMap<String, u32>,
    failures: HashMap<IpAddr, u32>,
}

impl Limits {
    fn count<T>(&self, now: i64, change: impl FnOnce(&mut Counts) -> T) -> T {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.minute != now / MINUTE {
            *counts = Counts {
                minute: now / MINUTE,
                ..Counts::default()
            };
        }
        change(&mut counts)
    }
}

/// Adds the three headers to every answer; counts the call to its credential, or to the client's address.
pub(super) async fn headers(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let caller = match request.headers().get(AUTHORIZATION) {
        // Never the credential itself: a map of secrets is one more place to leak from.
        Some(value) => blake3::hash(value.as_bytes()).to_hex().to_string(),
        None => address(&request).map_or_else(String::new, |address| address.to_string()),
    };
    let now = app.host.now().timestamp();
    let used = app.limits.count(now, |counts| {
        let room = counts.calls.len() < CALLERS || counts.calls.contains_key(&caller);
        let used = counts
            .calls
            .entry(if room { caller } else { String::new() })
            .or_default();
        *used = used.saturating_add(1);
        *used
    });
    let mut response = next.run(request).await;
    let reset = (now / MINUTE + 1) * MINUTE;
    for (name, value) in [
        ("x-ratelimit-limit", HeaderValue::from(LIMIT)),
        (
            "x-ratelimit-remaining",
            HeaderValue::from(LIMIT.saturating_sub(used)),
        ),
        ("x-ratelimit-reset", HeaderValue::from(reset)),
    ] {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
    response
}

/// Puts the caller into the request, or answers 401; after too many failures from one address the failures of it answer 429
/// for the rest of the minute. Whoever holds a key gets in all the same: else anyone on that address (a step with the
/// network, another user of this machine) could lock the administrator out. Guessing a key of 178 bits gains nothing by it.
pub(super) async fn authenticate(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let now = app.host.now().timestamp();
    let address = address(&request);
    let mut headers = request.headers().get_all(AUTHORIZATION).iter();
    let header = headers
        .next()
        .filter(|_| headers.next().is_none())
        .map(|value| value.as_bytes().to_vec());
    match app.authenticator.authenticate(header.as_deref()).await {
        Ok(principal) => {
            request.extensions_mut().insert(principal);
            next.run(request).await
        }
        Err(denied) => {
            if let (crate::auth::Denied::Refused, Some(address)) = (&denied, address) {
                let failures = app.limits.count(now, |counts| {
                    let failures = counts.failures.entry(address).or_default();
                    *failures = failures.saturating_add(1);
                    *failures
                });
                if failures > FAILURES {
                    let seconds = MINUTE - now.rem_euclid(MINUTE);
                    return ApiError::too_many_failures(u32::try_from(seconds).unwrap_or(60))
                        .into_response();
                }
            }
            ApiError::from(denied).into_response()
        }
    }
}

fn address(request: &Request) -> Option<IpAddr> {
    request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip())
}
