//! Receipts of executions.

use super::{Endpoint, decode_text, executions};
use crate::client::Method;
use crate::error::Error;
use crate::v1::ReceiptResponse;

/// `GET /v1/executions/{id}/receipt`.
///
/// # Errors
/// For an id that fits no path.
pub fn get(execution_id: &str) -> Result<Endpoint<ReceiptResponse>, Error> {
    Ok(Endpoint::json(
        Method::Get,
        executions::of(execution_id, "/receipt")?,
    ))
}

/// `GET /v1/executions/{id}/receipt?format=yaml`.
///
/// # Errors
/// For an id that fits no path.
pub fn get_yaml(execution_id: &str) -> Result<Endpoint<String>, Error> {
    let path = executions::of(execution_id, "/receipt")?;
    Ok(
        Endpoint::new(Method::Get, path, "application/yaml, */*", decode_text)
            .with("format", Some("yaml")),
    )
}
