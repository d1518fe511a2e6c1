//! The client, and what is neither of a pipeline nor of an execution.

use std::mem::MaybeUninit;

use attest_bindings_support as support;

use crate::border::{fill, make, run, wait};
use crate::buffer::Buf;
use crate::cancel::{Cancel, token};
use crate::failure::Failure;
use crate::handle::{given, release};
use crate::slice::Slice;
use crate::status::Status;

/// A client of one server. Any number of threads may use it at a time.
///
///     attest_client_t *client;
///     if (attest_client_new(attest_text("{}"), attest_text(NULL), &client, &error) == ATTEST_STATUS_OK &&
///         attest_pipeline_execute(client, attest_text("pip_1"), attest_text("{}"), NULL, &out, &error) == ATTEST_STATUS_OK)
///         puts((const char *)out.data);
///     attest_client_free(client);
#[derive(Debug)]
pub struct Client(support::Client);

/// This library, as it names itself to the server where nothing is built above it.
const BINDING: &str = concat!("attest-c/", env!("CARGO_PKG_VERSION"));

/// The client behind the handle.
pub(crate) fn client(handle: Option<&Client>) -> Result<&support::Client, support::Error> {
    Ok(&given(handle, "client")?.0)
}

/// A client of these options, a JSON object: `base_url`, `api_key`, `token`, `anonymous`, `allow_insecure_http`,
/// `connect_timeout_ms`, `attempt_timeout_ms`, `idle_timeout_ms`, `headers`, `user_agent_suffix`, `ca_bundle` (PEM),
/// `proxy`, `trusted_keys`, `policies`. What is absent comes from ATTEST_BASE_URL, ATTEST_API_KEY and ATTEST_TOKEN.
/// `binding` names a language binding that is built on this library, such as `attest-go/0.1.0`; empty for a C program.
/// Free `out` with `attest_client_free`. No network, no threads yet. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_client_new(
    options: Slice,
    binding: Slice,
    out: Option<&mut MaybeUninit<Option<Box<Client>>>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    make(out, err, || {
        let binding = match binding.text("binding")? {
            "" => BINDING,
            given => given,
        };
        support::Client::new(options.bytes("options")?, binding).map(Client)
    })
}

/// Ends every call that is under way, and refuses all later ones: they return `ATTEST_STATUS_CLOSED`. Any thread, any
/// number of times. The handle is still to be freed.
#[unsafe(no_mangle)]
pub extern "C" fn attest_client_close(
    client: Option<&Client>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    run(err, || {
        given(client, "client")?.0.close();
        Ok(())
    })
}

/// Releases a client; what came from it lives on. Not while another thread is inside a call with it: `attest_client_close`
/// ends those. NULL is legal.
#[unsafe(no_mangle)]
pub extern "C" fn attest_client_free(client: Option<Box<Client>>) {
    release(client);
}

/// `GET /v1/cache/stats`, as JSON. Blocks. Free `out` with `attest_buf_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn attest_cache_stats(
    client: Option<&Client>,
    cancel: Option<&Cancel>,
    out: Option<&mut MaybeUninit<Buf>>,
    err: Option<&mut MaybeUninit<Option<Box<Failure>>>>,
) -> Status {
    fill(out, err, || {
        let call = self::client(client)?.cache_stats(token(cancel));
        Ok(Buf::of(wait(call)?.as_bytes()))
    })
}
