//! `/v1/keys`.

use super::Endpoint;
use crate::client::Method;
use crate::v1::KeyList;

/// `GET /v1/keys`: public, so no credential travels.
#[must_use]
pub fn list() -> Endpoint<KeyList> {
    Endpoint::json(Method::Get, "/v1/keys".to_owned()).public()
}
