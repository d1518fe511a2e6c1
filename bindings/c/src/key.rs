//! Private keys, to sign receipts with.

use std::mem::MaybeUninit;

use attest_bindings_support as support;

use crate::border::{fill, make};
use crate::buffer::Buf;
use crate::failure::Failure;
use crate::handle::{given, release};
use crate::slice::Slice;
use crate::status::Status;

/// A private key. It never changes, so any number of threads may use it at a time.
///
///     attest_signing_key_t *key;
///     if (attest_signing_key_generate(&key, &error) == ATTEST_STATUS_OK &&
///         attest_signing_key_to_pem(key, &out, &error) == ATTEST_STATUS_OK) {
///         fwrite(out.data, 1, out.len, file); /* of mode 0600 */
///         attest_buf_wipe(&out);
///     }
///     attest_signing_key_free(key);
#[derive(Debug)]
pub struct SigningKey(pub(crate) support::SigningKey);

/// A new Ed25519 key from the system's randomness. Free `out` with `attest_signing_key_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_signing_key_generate(
    out: Option<&mut MaybeUninit<Option<Box<SigningKey>>>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    make(out, err, || support::SigningKey::generate().map(SigningKey))
}

/// Reads PKCS#8 PEM. No error shows any of it. Free `out` with `attest_signing_key_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_signing_key_from_pem(
    pem: Slice,
    out: Option<&mut MaybeUninit<Option<Box<SigningKey>>>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    make(out, err, || {
        support::SigningKey::from_pem(pem.text("pem")?).map(SigningKey)
    })
}

/// PKCS#8 PEM: the secret itself. Release `out` with `attest_buf_wipe`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_signing_key_to_pem(
    key: Option<&SigningKey>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let pem = given(key, "key")?.0.to_pem();
        Ok(Buf::of(pem.as_bytes()))
    })
}

/// `ed25519:<hex>`, its public half. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_signing_key_public_key(
    key: Option<&SigningKey>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let public = given(key, "key")?.0.public_key();
        Ok(Buf::of(public.as_bytes()))
    })
}

/// 32 hex digits. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_signing_key_key_id(
    key: Option<&SigningKey>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let id = given(key, "key")?.0.key_id();
        Ok(Buf::of(id.as_bytes()))
    })
}

/// Releases a key, and overwrites it. NULL is legal.
#[unsafe(no_mangle)]
pub extern "C" fn attest_signing_key_free(key: Option<Box<SigningKey>>) {
    release(key);
}
