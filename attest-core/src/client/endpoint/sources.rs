//! `/v1/sources`.

use super::Endpoint;
use crate::client::Method;
use crate::error::Error;
use crate::v1::{CreateSource, Source};

/// `POST /v1/sources`.
///
/// # Errors
/// Where the body cannot be written.
pub fn create(body: &CreateSource) -> Result<Endpoint<Source>, Error> {
    Ok(Endpoint::json(Method::Post, "/v1/sources".to_owned())
        .body(body)?
        .patient())
}
