//! What every exported function does around its work.

use std::mem::MaybeUninit;

use attest_bindings_support::{Error, Pending, guard, runtime};

use crate::failure::Failure;
use crate::handle::null;
use crate::status::Status;

/// Where a function puts its error: NULL where the caller does not want it.
pub(crate) type Errors<'a> = Option<&'a mut MaybeUninit<Option<Box<Failure>>>>;

/// Runs `work` under the guard. `err` is written in any case: to NULL where all went well.
pub(crate) fn run(err: Errors<'_>, work: impl FnOnce() -> Result<(), Error>) -> Status {
    let failure = guard::call(work).err().map(Failure::of);
    let status = failure.as_ref().map_or(Status::Ok, Failure::status);
    if let Some(err) = err {
        err.write(failure.map(Box::new));
    }
    status
}

/// As [`run`], for work with a result. `out` is written in any case, so that what it holds may always be freed.
pub(crate) fn fill<T: Default>(
    out: Option<&mut MaybeUninit<T>>,
    err: Errors<'_>,
    work: impl FnOnce() -> Result<T, Error>,
) -> Status {
    let out = out.map(|out| out.write(T::default()));
    run(err, || {
        let out = out.ok_or_else(|| null("out"))?;
        *out = work()?;
        Ok(())
    })
}

/// As [`fill`], for work that makes a handle.
pub(crate) fn make<T>(
    out: Option<&mut MaybeUninit<Option<Box<T>>>>,
    err: Errors<'_>,
    work: impl FnOnce() -> Result<T, Error>,
) -> Status {
    fill(out, err, || work().map(Box::new).map(Some))
}

/// Waits for a call.
pub(crate) fn wait<T: Send + 'static>(call: Pending<T>) -> Result<T, Error> {
    runtime::block_on(call)
}
