//! Bytes that the caller is given.

use std::ptr;

use zeroize::Zeroize as _;

/// Bytes that this library made and the caller owns: release them with `attest_buf_free`. A NUL, which `len` does not
/// count, stands after the last byte, so that text can be printed. Before it is filled, and where a function says that
/// there is nothing, `data` is NULL and `len` is 0.
///
///     attest_buf hash;
///     if (attest_receipt_hash(receipt, &hash, NULL) == ATTEST_STATUS_OK)
///         puts((const char *)hash.data);
///     attest_buf_free(&hash);
#[repr(C)]
#[derive(Debug)]
pub struct Buf {
    /// The first byte.
    data: *mut u8,
    /// How many bytes.
    len: usize,
}

impl Default for Buf {
    fn default() -> Self {
        Self {
            data: ptr::null_mut(),
            len: 0,
        }
    }
}

impl Buf {
    /// Bytes to hand out.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let len = bytes.len();
        let mut owned = Vec::with_capacity(len.saturating_add(1));
        owned.extend_from_slice(bytes);
        owned.push(0);
        Self {
            data: Box::into_raw(owned.into_boxed_slice()).cast(),
            len,
        }
    }

    /// Bytes to hand out, or nothing.
    pub(crate) fn of_option(bytes: Option<impl AsRef<[u8]>>) -> Self {
        bytes.map_or_else(Self::default, |bytes| Self::of(bytes.as_ref()))
    }

    /// What was handed out, if anything; empty from now on.
    fn take(&mut self) -> Option<Box<[u8]>> {
        let Self { data, len } = std::mem::take(self);
        if data.is_null() {
            return None;
        }
        let whole = ptr::slice_from_raw_parts_mut(data, len.saturating_add(1));
        // SAFETY: `of` made it with this length and a NUL more, and the line above took it away from the caller; that the
        // caller changed neither field is what the header asks.
        Some(unsafe { Box::from_raw(whole) })
    }
}

/// Releases what `buf` holds and makes it empty, so that a second call is harmless. NULL is legal. Any thread, one at a
/// time for one `buf`.
#[unsafe(no_mangle)]
pub extern "C" fn attest_buf_free(buf: Option<&mut Buf>) {
    drop(buf.and_then(Buf::take));
}

/// As `attest_buf_free`, for a secret: the bytes are overwritten first.
#[unsafe(no_mangle)]
pub extern "C" fn attest_buf_wipe(buf: Option<&mut Buf>) {
    if let Some(mut secret) = buf.and_then(Buf::take) {
        secret.zeroize();
    }
}
