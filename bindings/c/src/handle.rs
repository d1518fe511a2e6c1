//! What a caller holds: where it must be there, and giving it back.

use attest_bindings_support::{Error, ErrorKind, guard};

/// A handle that must be there; `what` is its name in the header.
pub(crate) fn given<'a, T>(handle: Option<&'a T>, what: &str) -> Result<&'a T, Error> {
    handle.ok_or_else(|| null(what))
}

pub(crate) fn null(what: &str) -> Error {
    Error::new(
        ErrorKind::ValidationError,
        format!("`{what}` is NULL: only `err` and `cancel` may be"),
    )
}

/// Gives back what was handed out; NULL is nothing.
pub(crate) fn release<T>(handle: Option<Box<T>>) {
    // There is nobody to tell of a panic.
    let _ = guard::call(|| {
        drop(handle);
        Ok(())
    });
}
