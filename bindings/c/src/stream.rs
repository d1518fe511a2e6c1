//! What comes piece by piece.

use std::mem::MaybeUninit;

use attest_bindings_support as support;

use crate::border::{fill, wait};
use crate::buffer::Buf;
use crate::cancel::{Cancel, token};
use crate::failure::Failure;
use crate::handle::{given, release};
use crate::status::Status;

/// The log of an execution. Any number of threads may ask for the next line; each line is given once.
///
///     attest_log_stream_t *log;
///     attest_execution_stream_logs(client, id, attest_text("{\"stream\": \"stderr\"}"), &log, NULL);
///     while (attest_log_stream_next(log, NULL, &out, &error) == ATTEST_STATUS_OK && out.data != NULL) {
///         puts((const char *)out.data);
///         attest_buf_free(&out);
///     }
///     attest_log_stream_free(log);
#[derive(Debug)]
pub struct LogStream(pub(crate) support::LogStream);

/// The changes of an execution. Any number of threads may ask for the next one; each is given once.
///
///     attest_event_stream_t *events;
///     attest_execution_events(client, id, attest_text("queued"), &events, NULL);
///     while (attest_event_stream_next(events, NULL, &out, &error) == ATTEST_STATUS_OK && out.data != NULL) {
///         puts((const char *)out.data);
///         attest_buf_free(&out);
///     }
///     attest_event_stream_free(events);
#[derive(Debug)]
pub struct EventStream(pub(crate) support::EventStream);

/// The next line, as a JSON object; at the end, `data` of `out` is NULL. A call that was cancelled loses nothing. Blocks.
/// Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_log_stream_next(
    stream: Option<&LogStream>,
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let call = given(stream, "stream")?.0.next(token(cancel));
        Ok(Buf::of_option(wait(call)?))
    })
}

/// Releases a log stream, also before its end. NULL is legal.
#[unsafe(no_mangle)]
pub extern "C" fn attest_log_stream_free(stream: Option<Box<LogStream>>) {
    release(stream);
}

/// The next change, as a JSON object whose `event` is `status_changed`, `step_started` or `step_completed`; at the end,
/// `data` of `out` is NULL. A call that was cancelled loses nothing. Blocks. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_event_stream_next(
    stream: Option<&EventStream>,
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let call = given(stream, "stream")?.0.next(token(cancel));
        Ok(Buf::of_option(wait(call)?))
    })
}

/// Releases an event stream, also before its end. NULL is legal.
#[unsafe(no_mangle)]
pub extern "C" fn attest_event_stream_free(stream: Option<Box<EventStream>>) {
    release(stream);
}
