//! Receipts. Nothing here meets the network.

use std::mem::MaybeUninit;
use std::path::Path;

use attest_bindings_support as support;

use crate::border::{fill, make};
use crate::buffer::Buf;
use crate::cancel::{Cancel, token};
use crate::failure::Failure;
use crate::handle::{given, release};
use crate::key::SigningKey;
use crate::slice::Slice;
use crate::status::Status;

/// A receipt. It never changes, so any number of threads may use it at a time.
///
///     attest_receipt_t *receipt;
///     bool valid = false;
///     if (attest_execution_get_receipt(client, id, false, NULL, &receipt, &error) == ATTEST_STATUS_OK)
///         attest_receipt_verify(receipt, &valid, &error);
///     attest_receipt_free(receipt);
#[derive(Debug)]
pub struct Receipt(pub(crate) support::Receipt);

/// Reads a receipt, in JSON or YAML. It has no verifier: `attest_receipt_verify` is an error, an `attest_verifier_t` judges
/// it. Free `out` with `attest_receipt_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_receipt_parse(
    bytes: Slice,
    out: Option<&mut MaybeUninit<Option<Box<Receipt>>>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    make(out, err, || {
        support::Receipt::parse(bytes.bytes("bytes")?).map(Receipt)
    })
}

/// Whether it is authentic and of a successful run, by the keys and policies of the client that fetched it. A receipt that
/// was parsed has no client: `ATTEST_STATUS_CONFIG`. No network. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_receipt_verify(
    receipt: Option<&Receipt>,
    out: Option<&mut MaybeUninit<bool>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || given(receipt, "receipt")?.0.verify())
}

/// The verdict of `attest_receipt_verify` in full, as JSON. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_receipt_report(
    receipt: Option<&Receipt>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let report = given(receipt, "receipt")?.0.report()?;
        Ok(Buf::of(report.as_bytes()))
    })
}

/// Compact JSON, as the API gives it. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_receipt_to_json(
    receipt: Option<&Receipt>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let text = given(receipt, "receipt")?.0.to_json();
        Ok(Buf::of(text.as_bytes()))
    })
}

/// YAML, as the command-line tool writes it. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_receipt_to_yaml(
    receipt: Option<&Receipt>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let text = given(receipt, "receipt")?.0.to_yaml();
        Ok(Buf::of(text.as_bytes()))
    })
}

/// The bytes it was read from. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_receipt_raw(
    receipt: Option<&Receipt>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || Ok(Buf::of(given(receipt, "receipt")?.0.raw())))
}

/// `blake3:…` of its canonical bytes. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_receipt_hash(
    receipt: Option<&Receipt>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let hash = given(receipt, "receipt")?.0.hash();
        Ok(Buf::of(hash.as_bytes()))
    })
}

/// The id of the key that is said to have signed it, which proves nothing; `data` is NULL where it is unsigned. Free `out`
/// with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_receipt_key_id(
    receipt: Option<&Receipt>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        Ok(Buf::of_option(given(receipt, "receipt")?.0.key_id()))
    })
}

/// The server's own opinion, as JSON, which nothing here believes; `data` is NULL where the receipt was not fetched. Free
/// `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_receipt_server_verification(
    receipt: Option<&Receipt>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let said = given(receipt, "receipt")?.0.server_verification()?;
        Ok(Buf::of_option(said))
    })
}

/// What it says, signed by `key`: a new receipt. Free `out` with `attest_receipt_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_receipt_sign(
    receipt: Option<&Receipt>,
    key: Option<&SigningKey>,
    out: Option<&mut MaybeUninit<Option<Box<Receipt>>>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    make(out, err, || {
        let key = &given(key, "key")?.0;
        given(receipt, "receipt")?.0.sign(key).map(Receipt)
    })
}

/// The receipt as SLSA provenance in a DSSE envelope, or that in a sigstore bundle: one line, its line break included.
/// `key` must be the one that signed the receipt. `options` is a JSON object: `subjects`, a list of paths of the folder
/// `workspace`; `builder_id`, a URI; `format`, `intoto` or `sigstore`. Reads files, and may take long. Free `out` with
/// `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_receipt_to_dsse(
    receipt: Option<&Receipt>,
    workspace: Slice,
    key: Option<&SigningKey>,
    options: Slice,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let workspace = Path::new(workspace.text("workspace")?);
        let (key, options) = (&given(key, "key")?.0, options.bytes("options")?);
        let text = given(receipt, "receipt")?
            .0
            .to_dsse(workspace, key, options)?;
        Ok(Buf::of(text.as_bytes()))
    })
}

/// Derives the receipt's hashes again from the files in the folder `workspace`, and from `pipeline`, the text of the pipeline
/// that ran, or, where that is empty, `workspace/attest.yaml`: `{"status": "match" | "mismatch" | "failed", "detail": …}` as
/// JSON. What is wrong with the files is an answer. It judges no signature. Reads files, and may take long; `cancel` ends
/// it. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_receipt_recompute(
    receipt: Option<&Receipt>,
    workspace: Slice,
    pipeline: Slice,
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let receipt = &given(receipt, "receipt")?.0;
        let workspace = Path::new(workspace.text("workspace")?);
        let pipeline = Some(pipeline.bytes("pipeline")?).filter(|text| !text.is_empty());
        let answer = support::recompute(receipt, workspace, pipeline, token(cancel).as_ref())?;
        Ok(Buf::of(answer.as_bytes()))
    })
}

/// Releases a receipt. NULL is legal.
#[unsafe(no_mangle)]
pub extern "C" fn attest_receipt_free(receipt: Option<Box<Receipt>>) {
    release(receipt);
}
