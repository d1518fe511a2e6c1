//! Judging receipts. Nothing here meets the network.

use std::mem::MaybeUninit;
use std::path::Path;

use attest_bindings_support as support;

use crate::border::{fill, make};
use crate::buffer::Buf;
use crate::cancel::{Cancel, token};
use crate::failure::Failure;
use crate::handle::{given, release};
use crate::receipt::Receipt;
use crate::slice::Slice;
use crate::status::Status;

/// Judges receipts. It never changes, so any number of threads may use it at a time.
///
///     const char *options = "{\"trust_store\": \".attest/trust\", \"policies\": [\"require-success\"]}";
///     bool valid = false;
///     if (attest_verifier_new(attest_text(options), &verifier, &error) == ATTEST_STATUS_OK)
///         attest_verifier_verify(verifier, attest_text(text), &valid, &error);
///     attest_verifier_free(verifier);
#[derive(Debug)]
pub struct Verifier(support::Verifier);

/// A verifier of these options, a JSON object: `trusted_keys` (a list of `"ed25519:…"` or `{"public_key", "signer"}`; an
/// empty one trusts nothing) or `trust_store` (a folder), `policies`, `expect` (`invocation_id`, `pipeline_hash`,
/// `commit`, `artifacts`), `now` (RFC 3339), `trust_receipt_timestamp`. There is no policy that is not asked for. Free
/// `out` with `attest_verifier_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_verifier_new(
    options: Slice,
    out: Option<&mut MaybeUninit<Option<Box<Verifier>>>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    make(out, err, || {
        support::Verifier::new(options.bytes("options")?).map(Verifier)
    })
}

/// Whether these bytes are a receipt, in JSON or YAML, that passes everything asked. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_verifier_verify(
    verifier: Option<&Verifier>,
    receipt: Slice,
    out: Option<&mut MaybeUninit<bool>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        given(verifier, "verifier")?
            .0
            .verify(receipt.bytes("receipt")?, None)
    })
}

/// The verdict of `attest_verifier_verify` in full, as JSON: the same bytes in every language. A bad receipt is a verdict;
/// `ATTEST_STATUS_RECEIPT_FORMAT` is for bytes about which nothing can be said. Free `out` with `attest_buf_free`. Any
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_verifier_report(
    verifier: Option<&Verifier>,
    receipt: Slice,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let verifier = given(verifier, "verifier")?;
        let report = verifier.0.report(receipt.bytes("receipt")?, None)?;
        Ok(Buf::of(report.as_bytes()))
    })
}

/// As `attest_verifier_verify`, for a receipt that was read. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_verifier_verify_receipt(
    verifier: Option<&Verifier>,
    receipt: Option<&Receipt>,
    out: Option<&mut MaybeUninit<bool>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let receipt = &given(receipt, "receipt")?.0;
        given(verifier, "verifier")?.0.verify_of(receipt, None)
    })
}

/// As `attest_verifier_report`, for a receipt that was read. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_verifier_report_receipt(
    verifier: Option<&Verifier>,
    receipt: Option<&Receipt>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let receipt = &given(receipt, "receipt")?.0;
        let report = given(verifier, "verifier")?.0.report_of(receipt, None)?;
        Ok(Buf::of(report.as_bytes()))
    })
}

/// As `attest_verifier_verify`, held against `evidence`: what was found out beside the receipt, a JSON object of `recomputed`,
/// the answer of `attest_receipt_recompute` for this very receipt, as it came, and `files`, an object that names files at hand,
/// each with the digest of its content (`attest_digest`), all of which the receipt then has to attest. Both may be
/// absent. It is believed. `ATTEST_STATUS_CONFIG` for evidence that cannot be used, by its member. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_verifier_verify_with(
    verifier: Option<&Verifier>,
    receipt: Slice,
    evidence: Slice,
    out: Option<&mut MaybeUninit<bool>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let receipt = receipt.bytes("receipt")?;
        let evidence = evidence.bytes("evidence")?;
        given(verifier, "verifier")?
            .0
            .verify(receipt, Some(evidence))
    })
}

/// As `attest_verifier_report`, held against `evidence`, which is that of `attest_verifier_verify_with`. Free `out` with
/// `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_verifier_report_with(
    verifier: Option<&Verifier>,
    receipt: Slice,
    evidence: Slice,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let receipt = receipt.bytes("receipt")?;
        let evidence = evidence.bytes("evidence")?;
        let verifier = given(verifier, "verifier")?;
        let report = verifier.0.report(receipt, Some(evidence))?;
        Ok(Buf::of(report.as_bytes()))
    })
}

/// As `attest_verifier_verify_with`, for a receipt that was read. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_verifier_verify_receipt_with(
    verifier: Option<&Verifier>,
    receipt: Option<&Receipt>,
    evidence: Slice,
    out: Option<&mut MaybeUninit<bool>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let receipt = &given(receipt, "receipt")?.0;
        let evidence = evidence.bytes("evidence")?;
        given(verifier, "verifier")?
            .0
            .verify_of(receipt, Some(evidence))
    })
}

/// As `attest_verifier_report_with`, for a receipt that was read. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_verifier_report_receipt_with(
    verifier: Option<&Verifier>,
    receipt: Option<&Receipt>,
    evidence: Slice,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let receipt = &given(receipt, "receipt")?.0;
        let evidence = evidence.bytes("evidence")?;
        let verifier = given(verifier, "verifier")?;
        let report = verifier.0.report_of(receipt, Some(evidence))?;
        Ok(Buf::of(report.as_bytes()))
    })
}

/// The verdicts on `count` receipts, JSON or YAML, on all cores: a JSON list in their order, of `{"report": …}` and, for bytes
/// about which nothing can be said, `{"error": …}`. Each is what `attest_verifier_report` gives for it alone. Takes threads for
/// the time of the call; `cancel` ends it between two receipts. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_verifier_verify_batch(
    verifier: Option<&Verifier>,
    receipts: *const Slice,
    count: usize,
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let verifier = given(verifier, "verifier")?;
        let receipts = Slice::list(receipts, count, "receipts")?
            .iter()
            .enumerate()
            .map(|(index, receipt)| receipt.bytes(&format!("receipts[{index}]")))
            .collect::<Result<Vec<_>, _>>()?;
        let all = verifier
            .0
            .report_batch_json(&receipts, token(cancel).as_ref())?;
        Ok(Buf::of(all.as_bytes()))
    })
}

/// Judges a receipt, and whether it attests the file at `path`, by its content, whatever it is called now; a link is followed.
/// `out` is `{"valid", "digest", "attested", "report"}` as JSON: `valid` is true only if the receipt passes everything asked *and*
/// attests the file, and `attested` lists `{"step", "path"}` of each output with this content. Reads the file, and may take
/// long; `cancel` ends it. `ATTEST_STATUS_IO` for a directory, a FIFO, or a file that changes meanwhile. Free `out` with
/// `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_verifier_verify_artifact(
    verifier: Option<&Verifier>,
    receipt: Option<&Receipt>,
    path: Slice,
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let receipt = given(receipt, "receipt")?.0.raw();
        let path = Path::new(path.text("path")?);
        let verifier = &given(verifier, "verifier")?.0;
        let verdict = verifier.artifact_file(receipt, path, token(cancel).as_ref())?;
        Ok(Buf::of(verdict.json()?.as_bytes()))
    })
}

/// As `attest_verifier_verify_artifact`, for a file's content. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_verifier_verify_artifact_bytes(
    verifier: Option<&Verifier>,
    receipt: Option<&Receipt>,
    content: Slice,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let receipt = given(receipt, "receipt")?.0.raw();
        let verifier = &given(verifier, "verifier")?.0;
        let verdict = verifier.artifact(receipt, content.bytes("content")?)?;
        Ok(Buf::of(verdict.json()?.as_bytes()))
    })
}

/// Releases a verifier. NULL is legal.
#[unsafe(no_mangle)]
pub extern "C" fn attest_verifier_free(verifier: Option<Box<Verifier>>) {
    release(verifier);
}
