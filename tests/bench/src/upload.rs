//! Uploading a directory of 10,000 small files through the SDK to a server on loopback: everything, nothing, ten of them.
//!
//! The time holds walking and hashing the directory, asking what is missing, packing, sending, and what the server does to
//! keep it: hashing again, one file for each object, and making it durable.

use std::cell::Cell;

use crate::Failure;
use crate::service::Service;
use crate::table::Table;
use crate::timing::{Runs, median};
use crate::work::small_files;

const FILES: usize = 10_000;
const CHANGED: usize = 10;

pub(crate) fn rows(table: &mut Table, runs: Runs) -> Result<(), Failure> {
    let dir = tempfile::tempdir()?;
    let source = tempfile::tempdir()?;
    let service = Service::start(source.path(), "none")?;
    let seed = Cell::new(0);
    for (what, changed) in [
        ("all of them new", FILES),
        ("unchanged", 0),
        ("10 of them new", CHANGED),
    ] {
        let requests = Cell::new(0);
        let upload = || {
            seed.set(seed.get() + 1);
            // The first so many of them.
            small_files(dir.path(), changed, seed.get())?;
            let (time, uploaded) = service.upload(dir.path())?;
            requests.set(uploaded.requests);
            let sent = uploaded.sent_objects;
            if sent == u64::try_from(changed)? {
                return Ok(time);
            }
            Err(format!("{what}: {sent} files were sent, not {changed}").into())
        };
        let time = median(runs, Box::new(upload))?;
        let requests = requests.get();
        table.add(
            format!("upload 10,000 files, {what} ({requests} requests)"),
            time,
            None,
        );
    }
    Ok(())
}
