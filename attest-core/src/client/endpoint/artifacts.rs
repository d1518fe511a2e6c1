//! Artifacts of executions.

use super::{Endpoint, decode_nothing, executions};
use crate::client::{Method, path};
use crate::error::Error;
use crate::v1::ArtifactList;

/// How long a list may be: some 800,000 files.
const MAX_LIST: usize = 256 * 1024 * 1024;

/// `GET /v1/executions/{id}/artifacts`.
///
/// # Errors
/// For an id that fits no path.
pub fn list(execution_id: &str) -> Result<Endpoint<ArtifactList>, Error> {
    let path = executions::of(execution_id, "/artifacts")?;
    Ok(Endpoint::json(Method::Get, path).up_to(MAX_LIST))
}

/// `GET /v1/executions/{id}/artifacts/{path}`, to be streamed: a file may be of any size.
///
/// # Errors
/// For an id or a file path that fits no path.
pub fn download(execution_id: &str, file: &str) -> Result<Endpoint<()>, Error> {
    let path = executions::of(execution_id, &format!("/artifacts/{}", path::file(file)?))?;
    Ok(Endpoint::new(
        Method::Get,
        path,
        "application/octet-stream, */*",
        decode_nothing,
    ))
}
