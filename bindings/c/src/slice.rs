//! Bytes that the caller lends.

use std::slice;

use attest_bindings_support::{Error, ErrorKind, utf8};

/// Bytes that somebody else owns: an argument is only read, and only during the call. Empty is legal, with `data` NULL or
/// not. Text is UTF-8 and needs no NUL at its end.
///
///     attest_slice id = attest_text("exec_1");
///     attest_slice receipt = {bytes, length};
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    /// The first byte.
    data: *const u8,
    /// How many bytes.
    len: usize,
}

impl Slice {
    /// Lends bytes to the caller.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self {
            data: bytes.as_ptr(),
            len: bytes.len(),
        }
    }

    /// Lends nothing, with a NUL after it, so that it can be printed.
    pub(crate) fn empty() -> Self {
        Self {
            len: 0,
            ..Self::of(b"\0")
        }
    }

    /// The bytes; `what` is their name in the header.
    pub(crate) fn bytes(&self, what: &str) -> Result<&[u8], Error> {
        if self.len == 0 {
            return Ok(&[]);
        }
        if self.data.is_null() || isize::try_from(self.len).is_err() {
            let (data, len) = (self.data, self.len);
            let why = format!("`{what}` has {len} bytes at {data:p}: pass a pointer to them");
            return Err(Error::new(ErrorKind::ValidationError, why));
        }
        // SAFETY: not NULL, no longer than any object; that `len` bytes are there until the call returns is what the header
        // asks of the C caller, who alone makes slices that are read here.
        Ok(unsafe { slice::from_raw_parts(self.data, self.len) })
    }

    /// The text.
    pub(crate) fn text(&self, what: &str) -> Result<&str, Error> {
        utf8(&format!("`{what}`"), self.bytes(what)?)
    }

    /// Several of them; `what` is their name in the header.
    pub(crate) fn list<'a>(
        first: *const Self,
        count: usize,
        what: &str,
    ) -> Result<&'a [Self], Error> {
        if count == 0 {
            return Ok(&[]);
        }
        let size = count.checked_mul(size_of::<Self>());
        if first.is_null() || size.is_none_or(|size| isize::try_from(size).is_err()) {
            let why = format!("`{what}` has {count} slices at {first:p}: pass a pointer to them");
            return Err(Error::new(ErrorKind::ValidationError, why));
        }
        // SAFETY: not NULL, no longer than any object; that `count` slices are there until the call returns is what the header
        // asks of the C caller.
        Ok(unsafe { slice::from_raw_parts(first, count) })
    }
}
