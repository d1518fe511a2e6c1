//! Executions: runs of a pipeline, known here by their ids.

use std::mem::MaybeUninit;
use std::time::Duration;

use crate::border::{fill, make, wait};
use crate::buffer::Buf;
use crate::cancel::{Cancel, token};
use crate::client::{Client, client as of};
use crate::failure::Failure;
use crate::receipt::Receipt;
use crate::slice::Slice;
use crate::status::Status;
use crate::stream::{EventStream, LogStream};

/// `GET /v1/executions/{id}`: `out` is the execution, as JSON. Blocks. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_execution_get(
    client: Option<&Client>,
    id: Slice,
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let call = of(client)?.get_execution(id.text("id")?, token(cancel));
        Ok(Buf::of(wait(call)?.as_bytes()))
    })
}

/// `POST /v1/executions/{id}/cancel`: ends the execution itself, where `cancel` ends this call. `out` is the execution, as
/// JSON. Blocks. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_execution_cancel(
    client: Option<&Client>,
    id: Slice,
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let call = of(client)?.cancel_execution(id.text("id")?, token(cancel));
        Ok(Buf::of(wait(call)?.as_bytes()))
    })
}

/// Blocks until the execution is over, for at most `timeout_ms` milliseconds, without limit where that is negative; `out`
/// is the execution, as JSON. One that failed is no error. `ATTEST_STATUS_WAIT_TIMEOUT` cancels nothing, and its error
/// holds the execution as it was last seen. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_execution_wait(
    client: Option<&Client>,
    id: Slice,
    timeout_ms: i64,
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let timeout = u64::try_from(timeout_ms).ok().map(Duration::from_millis);
        let call = of(client)?.wait_for_completion(id.text("id")?, timeout, token(cancel));
        Ok(Buf::of(wait(call)?.as_bytes()))
    })
}

/// The receipt of an execution that is over, with the client's verifier: `attest_receipt_verify` then says whether it is
/// authentic and of a successful run, of a failed one too where `allow_failed`. Blocks. Free `out` with
/// `attest_receipt_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_execution_get_receipt(
    client: Option<&Client>,
    id: Slice,
    allow_failed: bool,
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Option<Box<Receipt>>>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    make(out, err, || {
        let call = of(client)?.get_receipt(id.text("id")?, allow_failed, token(cancel));
        wait(call).map(Receipt)
    })
}

/// Its log, from the line after `after` of `filter`: `{"step"?, "level"?, "stream"?, "after"?}`. Nothing is asked of the
/// server yet. Free `out` with `attest_log_stream_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_execution_stream_logs(
    client: Option<&Client>,
    id: Slice,
    filter: Slice,
    out: Option<&mut MaybeUninit<Option<Box<LogStream>>>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    make(out, err, || {
        let (id, filter) = (id.text("id")?, filter.bytes("filter")?);
        of(client)?.stream_logs(id, filter).map(LogStream)
    })
}

/// Its changes, from the status that the caller knows (`known_status`, empty for a new one). Nothing is asked of the server
/// yet. Free `out` with `attest_event_stream_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_execution_events(
    client: Option<&Client>,
    id: Slice,
    known_status: Slice,
    out: Option<&mut MaybeUninit<Option<Box<EventStream>>>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    make(out, err, || {
        let (id, known) = (id.text("id")?, known_status.text("known_status")?);
        let known = (!known.is_empty()).then_some(known);
        Ok(EventStream(of(client)?.stream_events(id, known)))
    })
}
