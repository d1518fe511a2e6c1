//! `/v1/system`.

use super::Endpoint;
use crate::client::Method;
use crate::v1::System;

/// `GET /v1/system`.
#[must_use]
pub fn get() -> Endpoint<System> {
    Endpoint::json(Method::Get, "/v1/system".to_owned())
}
