//! Uploading a directory of 10,000 small files through the SDK to a server on loopback: everything, nothing, ten of them.
//!
//! The time holds walking and hashing the directory, asking what is missing, packing, sending, and what the server does to
//! keep it: hashing again, one file for each object, and making it durable.

use crate::Failure;
use crate::service::Service;
use crate::table::Table;
use crate::timing::{Runs, median_of};
use crate::work::small_files;

const FILES: usize = 10_000;
const CHANGED: usize = 10;

pub(crate) fn rows(table: &mut Table, runs: Runs) -> Result<(), Failure> {
    let dir = tempfile::tempdir()?;
    let source = tempfile::tempdir()?;
    let service = Service::start(source.path(), "none")?;
    let mut seed = 0;
    for (what, changed) in [
        ("all of them new", FILES),
        ("unchanged", 0),
        ("10 of them new", CHANGED),
    ] {
        let mut requests = 0;
        let time = median_of(runs, || {
            seed += 1;
            // The first so many of them.
            small_files(dir.path(), changed, seed)?;
            let (time, uploaded) = service.upload(dir.path())?;
            requests = uploaded.requests;
            let sent = uploaded.sent_objects;
            if sent == u64::try_from(changed)? {
                return Ok(time);
            }
            Err(format!("{what}: {sent} files were sent, not {changed}").into())
        })?;
        table.add(
            format!("upload 10,000 files, {what} ({requests} requests)"),
            time,
            None,
        );
    }
    Ok(())
}
