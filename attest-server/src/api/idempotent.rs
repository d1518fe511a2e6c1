//! Creating calls that may safely be repeated: `Idempotency-Key`.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use rusqlite::Connection;
use serde::Serialize;

use super::App;
use super::error::ApiError;
use crate::auth::Principal;
use crate::store::idempotency::{self, Answer, Call, Known};

const HEADER: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// The longest key, characters.
const KEY_LIMIT: usize = 255;

/// Which call a request is, if it says so.
pub(super) fn call(
    headers: &HeaderMap,
    principal: &Principal,
    method: &Method,
    uri: &Uri,
    body: &[u8],
) -> Result<Option<Call>, ApiError> {
    let Some(value) = headers.get(HEADER) else {
        return Ok(None);
    };
    let key = value
        .to_str()
        .ok()
        .filter(|key| (1..=KEY_LIMIT).contains(&key.len()));
    let Some(key) = key else {
        let issue = format!("one to {KEY_LIMIT} visible ASCII characters, a UUID for example");
        return Err(ApiError::invalid("Idempotency-Key", issue));
    };
    Ok(Some(Call {
        credential: principal.id.clone(),
        key: key.to_owned(),
        fingerprint: fingerprint([method.as_str().as_bytes(), uri.path().as_bytes(), body]),
    }))
}

/// The call for one part of a call that asks for many things: of key `K`, part n has the key `K/n`. What it is compared
/// by is this part alone, so a repeat may leave out or add others behind it.
pub(super) fn part(call: &Call, index: usize, body: &impl Serialize) -> Result<Call, ApiError> {
    let body = serde_json::to_vec(body).map_err(ApiError::internal)?;
    Ok(Call {
        credential: call.credential.clone(),
        key: format!("{}/{index}", call.key),
        fingerprint: fingerprint([b"part", &body]),
    })
}

fn fingerprint<const N: usize>(parts: [&[u8]; N]) -> [u8; 32] {
    let mut hash = blake3::Hasher::new();
    for part in parts {
        hash.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// An answer as it is stored.
pub(super) fn answer(
    status: StatusCode,
    location: Option<String>,
    body: &impl Serialize,
) -> Result<Answer, ApiError> {
    let body = serde_json::to_vec(body).map_err(ApiError::internal)?;
    Ok(Answer {
        status: status.as_u16(),
        location,
        body,
    })
}

/// Whether this exact call was answered before. Saves the work of preparing one that was; [`once`] decides.
pub(super) async fn answered(app: &App, call: Option<&Call>) -> Result<Option<Answer>, ApiError> {
    let Some(call) = call.cloned() else {
        return Ok(None);
    };
    let now = app.host.now();
    let known = app
        .store
        .read(move |connection| idempotency::look_up(connection, &call, now))
        .await?;
    match known {
        Known::Nothing => Ok(None),
        Known::Answered(answer) => Ok(Some(answer)),
        Known::OtherCall => Err(other_call()),
    }
}

/// Runs `work` and stores its answer in one transaction, unless the same call was answered before. What `work` hands
/// out beside the answer is given only where it ran.
pub(super) async fn once<T: Send + 'static>(
    app: &App,
    call: Option<Call>,
    work: impl FnOnce(&Connection) -> Result<(Answer, T), ApiError> + Send + 'static,
) -> Result<(Answer, Option<T>), ApiError> {
    let now = app.host.now();
    app.store
        .write(move |connection| {
            let Some(call) = call else {
                let (answer, made) = work(connection)?;
                return Ok((answer, Some(made)));
            };
            match idempotency::look_up(connection, &call, now)? {
                Known::Answered(answer) => Ok((answer, None)),
                Known::OtherCall => Err(other_call()),
                Known::Nothing => {
                    let (answer, made) = work(connection)?;
                    idempotency::remember(connection, &call, &answer, now)?;
                    Ok((answer, Some(made)))
                }
            }
        })
        .await
}

fn other_call() -> ApiError {
    ApiError::unprocessable(
        "This Idempotency-Key was used for another request: make a new key for each logical call",
    )
}

pub(super) fn respond(answer: Answer, replayed: bool) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(location) = answer
        .location
        .and_then(|location| HeaderValue::from_str(&location).ok())
    {
        headers.insert(LOCATION, location);
    }
    if replayed {
        mark_as_replayed(&mut response);
    }
    response
}

pub(super) fn mark_as_replayed(response: &mut Response) {
    let yes = HeaderValue::from_static("true");
    response.headers_mut().insert(REPLAYED, yes);
}
