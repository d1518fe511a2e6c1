//! Pipelines: kept by the server, known here by their ids.

use std::mem::MaybeUninit;

use crate::border::{fill, wait};
use crate::buffer::Buf;
use crate::cancel::{Cancel, token};
use crate::client::{Client, client as of};
use crate::failure::Failure;
use crate::slice::Slice;
use crate::status::Status;

/// `POST /v1/pipelines`: `body` is `{"name", "description"?, "config"}`; `out` is the pipeline, as JSON. Blocks. Free `out`
/// with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_pipeline_create(
    client: Option<&Client>,
    body: Slice,
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let call = of(client)?.create_pipeline(body.bytes("body")?, token(cancel));
        Ok(Buf::of(wait(call)?.as_bytes()))
    })
}

/// `GET /v1/pipelines/{id}`: `out` is the pipeline, as JSON. Blocks. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_pipeline_get(
    client: Option<&Client>,
    id: Slice,
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let call = of(client)?.get_pipeline(id.text("id")?, token(cancel));
        Ok(Buf::of(wait(call)?.as_bytes()))
    })
}

/// `GET /v1/pipelines`: `query` is `{"name"?, "status"?, "limit"?, "offset"?, "sort"?, "cursor"?}`; `out` is one page, as
/// JSON: `pipelines`, `total`, `has_more`, `next_cursor`, which is the `cursor` of the next page. Blocks. Free `out` with
/// `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_pipeline_list(
    client: Option<&Client>,
    query: Slice,
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let call = of(client)?.list_pipelines(query.bytes("query")?, token(cancel));
        Ok(Buf::of(wait(call)?.as_bytes()))
    })
}

/// `POST /v1/pipelines/{id}/executions`: `body` is `{"environment"?, "variables"?, "options"?, "source"?, …}`, as in the
/// API; `out` is the execution, as JSON. Blocks until it is accepted, not until it is over. Free `out` with
/// `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_pipeline_execute(
    client: Option<&Client>,
    id: Slice,
    body: Slice,
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let (id, body) = (id.text("id")?, body.bytes("body")?);
        let call = of(client)?.execute_pipeline(id, body, token(cancel));
        Ok(Buf::of(wait(call)?.as_bytes()))
    })
}

/// `POST /v1/executions/bulk`: `body` is a list of `{"pipeline_id", "environment"?, "variables"?, …}`; `out` is
/// `{"results": […]}` in the order of the list, each `{"index", "execution"}` or `{"index", "error"}`, an error as
/// `attest_error_json` gives it. One that is refused stops no other. Blocks until all are accepted. Free `out` with
/// `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_pipeline_bulk_execute(
    client: Option<&Client>,
    body: Slice,
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let call = of(client)?.bulk_execute(body.bytes("body")?, token(cancel));
        Ok(Buf::of(wait(call)?.as_bytes()))
    })
}
