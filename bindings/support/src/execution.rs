//! What can be said of an execution by its JSON alone.

use attest_sdk::{Error, ErrorKind, v1};

/// An error where the execution of that JSON did not complete, naming the reason.
///
/// # Errors
/// [`ErrorKind::ApiError`] where it failed, was cancelled or is not over yet; [`ErrorKind::ValidationError`] for other JSON.
pub fn raise_for_status(execution: &[u8]) -> Result<(), Error> {
    let execution: v1::Execution = serde_json::from_slice(execution).map_err(|error| {
        Error::new(
            ErrorKind::ValidationError,
            format!("the execution: {error}"),
        )
    })?;
    execution.raise_for_status()
}
