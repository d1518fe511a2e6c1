//! The rim of the API: what holds for every answer. A request id, the error envelope, `OPTIONS`, and panics.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;

use super::App;
use super::error::ApiError;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest request id that is echoed, characters.
const ID_LIMIT: usize = 64;

/// The outermost middleware.
pub(super) async fn rim(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let id = match given_id(request.headers()) {
        Some(id) => id,
        None => app
            .host
            .id("req")
            .unwrap_or_else(|_| "req_unknown".to_owned()),
    };
    let asked_for_options = request.method() == Method::OPTIONS;
    let mut response = surviving(next.run(request), &id).await;
    if asked_for_options && response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let allow = response.headers().get(ALLOW).cloned();
        response = StatusCode::NO_CONTENT.into_response();
        response
            .headers_mut()
            .extend(allow.map(|allow| (ALLOW, allow)));
    }
    if response.status().is_client_error() || response.status().is_server_error() {
        response = enveloped(response, &id);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// A handler that panics costs its own request only.
async fn surviving(answer: impl Future<Output = Response>, id: &str) -> Response {
    match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            ApiError::internal(format_args!("a handler panicked (request {id})")).into_response()
        }
    }
}

fn given_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(&REQUEST_ID)?.to_str().ok()?;
    let fits = (1..=ID_LIMIT).contains(&id.len());
    let plain = id
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    (fits && plain).then(|| id.to_owned())
}

fn enveloped(mut response: Response, id: &str) -> Response {
    let error = response
        .extensions_mut()
        .remove::<ApiError>()
        .unwrap_or_else(|| ApiError::of_status(response.status()));
    let text = serde_json::to_vec(&error.body(id)).unwrap_or_default();
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    parts
        .headers
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(seconds) = error.retry_after {
        parts
            .headers
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if parts.status == StatusCode::UNAUTHORIZED {
        parts
            .headers
            .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    Response::from_parts(parts, Body::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_in_a_handler_is_an_internal_error_in_the_envelope() {
        let answer = surviving(async { panic!("on purpose, with a secret") }, "req_1").await;
        let answer = enveloped(answer, "req_1");
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = axum::body::to_bytes(answer.into_body(), 10_000)
            .await
            .unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(
            text.contains("INTERNAL_ERROR") && text.contains("req_1"),
            "{text}"
        );
        assert!(!text.contains("secret"), "{text}");
    }
}
