//! `/v1/cache`: what is stored, and its collection.

use super::{Endpoint, decode_nothing};
use crate::client::{Method, path};
use crate::error::Error;
use crate::v1::{CacheStats, GcReport, GcRequest};

/// `GET /v1/cache/stats`.
#[must_use]
pub fn stats() -> Endpoint<CacheStats> {
    Endpoint::json(Method::Get, "/v1/cache/stats".to_owned())
}

/// `DELETE /v1/cache/objects/{digest}`.
///
/// # Errors
/// For a digest that fits no path.
pub fn delete(digest: &str) -> Result<Endpoint<()>, Error> {
    let path = format!(
        "/v1/cache/objects/{}",
        path::segment("an object's digest", digest)?
    );
    Ok(Endpoint::new(
        Method::Delete,
        path,
        "application/json",
        decode_nothing,
    ))
}

/// `POST /v1/cache/gc`.
///
/// # Errors
/// Where the body cannot be written.
pub fn gc(body: &GcRequest) -> Result<Endpoint<GcReport>, Error> {
    Ok(Endpoint::json(Method::Post, "/v1/cache/gc".to_owned())
        .body(body)?
        .patient())
}
