//! Text across the border.

use attest_sdk::{Error, ErrorKind};

/// `bytes` as UTF-8; `what` names them where they are none.
///
/// # Errors
/// [`ErrorKind::ValidationError`], naming `what` and the position.
pub fn utf8<'a>(what: &str, bytes: &'a [u8]) -> Result<&'a str, Error> {
    std::str::from_utf8(bytes).map_err(|error| {
        Error::new(
            ErrorKind::ValidationError,
            format!(
                "{what} is not UTF-8 at byte {}: pass UTF-8 text",
                error.valid_up_to()
            ),
        )
    })
}
