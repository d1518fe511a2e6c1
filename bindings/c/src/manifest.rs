//! Hashing what a step reads and writes.

use std::mem::MaybeUninit;
use std::path::Path;

use attest_bindings_support::manifest;

use crate::border::fill;
use crate::buffer::Buf;
use crate::failure::Failure;
use crate::slice::Slice;
use crate::status::Status;

/// The input manifest of a step with the command `run`: `{"digest": "blake3:…", "text": "attest-manifest/v1\n…"}`.
/// `declared` is a JSON list of paths relative to the folder `workspace`. Reads files, and may take long. Free `out` with
/// `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_manifest_hash_inputs(
    workspace: Slice,
    run: Slice,
    declared: Slice,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let workspace = Path::new(workspace.text("workspace")?);
        let (run, declared) = (run.text("run")?, declared.bytes("declared")?);
        let manifest = manifest::hash_inputs(workspace, run, declared)?;
        Ok(Buf::of(manifest.as_bytes()))
    })
}

/// The output manifest of a step, as `attest_manifest_hash_inputs` gives it. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_manifest_hash_outputs(
    workspace: Slice,
    declared: Slice,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let workspace = Path::new(workspace.text("workspace")?);
        let manifest = manifest::hash_outputs(workspace, declared.bytes("declared")?)?;
        Ok(Buf::of(manifest.as_bytes()))
    })
}

/// `blake3:…` of bytes. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_digest(
    bytes: Slice,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let digest = manifest::digest(bytes.bytes("bytes")?);
        Ok(Buf::of(digest.as_bytes()))
    })
}
