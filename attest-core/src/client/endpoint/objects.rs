//! `/v1/cache/objects`: sending what a server does not have.

use std::sync::Arc;

use super::Endpoint;
use crate::client::{Content, Method};
use crate::error::Error;
use crate::v1::{Missing, MissingRequest, StoredObjects};

/// `POST /v1/cache/objects/missing`.
///
/// # Errors
/// Where the body cannot be written.
pub fn missing(body: &MissingRequest) -> Result<Endpoint<Missing>, Error> {
    Ok(
        Endpoint::json(Method::Post, "/v1/cache/objects/missing".to_owned())
            .body(body)?
            .patient(),
    )
}

/// `POST /v1/cache/objects`: a tar whose members are named by their digests, compressed by zstd where `zstd` says so.
#[must_use]
pub fn store(tar: Arc<dyn Content>, zstd: bool) -> Endpoint<StoredObjects> {
    let mut content = vec![("content-type", "application/x-tar")];
    if zstd {
        content.push(("content-encoding", "zstd"));
    }
    Endpoint::json(Method::Post, "/v1/cache/objects".to_owned()).streamed(tar, content)
}
