//! What clients and proxies may keep. Nothing, unless the answer says so itself; what has an `ETag` need not be sent twice.

use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Around every handler.
pub(super) async fn headers(request: Request, next: Next) -> Response {
    let known = request.headers().get(IF_NONE_MATCH).cloned();
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    let tag = response.headers().get(ETAG);
    if response.status() == StatusCode::OK
        && tag
            .zip(known.as_ref())
            .is_some_and(|(tag, known)| names(known, tag))
    {
        let mut headers = std::mem::take(response.headers_mut());
        headers.remove(CONTENT_LENGTH);
        headers.remove(CONTENT_TYPE);
        response = StatusCode::NOT_MODIFIED.into_response();
        *response.headers_mut() = headers;
    }
    response
}

/// Whether `If-None-Match` lists the tag (RFC 9110, section 13.1.2); tags here hold no comma.
pub(super) fn names(known: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(known), Ok(tag)) = (known.to_str(), tag.to_str()) else {
        return false;
    };
    known
        .split(',')
        .map(str::trim)
        .any(|item| item == "*" || item.trim_start_matches("W/") == tag)
}
