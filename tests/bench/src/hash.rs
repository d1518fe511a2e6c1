//! Hashing files: the `attest hash` command beside `b3sum`, each as a process of its own, the files in the page cache.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use attest_tests::binary;

use crate::Failure;
use crate::peer::{Peers, run};
use crate::table::{Other, Table};
use crate::timing::{Runs, medians, whole};
use crate::work::{Noise, small_files};

const SMALL_FILES: usize = 10_000;
const LARGE_BYTES: usize = 1 << 30;

pub(crate) fn rows(table: &mut Table, runs: Runs, peers: &Peers) -> Result<(), Failure> {
    let dir = tempfile::tempdir()?;
    let files = small_files(&dir.path().join("small"), SMALL_FILES, 1)?;
    row(
        table,
        "hash 10,000 files of 64 B to 4 KiB",
        runs,
        (dir.path(), "small", &files),
        peers,
    )?;

    let large = dir.path().join("large");
    write_large(&large)?;
    row(
        table,
        "hash a file of 1 GiB",
        runs,
        (dir.path(), "large", &[large]),
        peers,
    )
}

fn row(
    table: &mut Table,
    what: &str,
    runs: Runs,
    (dir, declared, files): (&Path, &str, &[PathBuf]),
    peers: &Peers,
) -> Result<(), Failure> {
    let mut each = vec![whole(|| {
        let mut command = Command::new(binary::attest());
        run(command
            .current_dir(dir)
            .args(["hash", "--output", declared]))
    })];
    if let Some(tool) = &peers.b3sum {
        each.push(whole(|| {
            run(Command::new(&tool.path).current_dir(dir).args(files))
        }));
    }
    let times = medians(runs, each)?;
    let other = times.get(1).map(|time| Other {
        name: "b3sum",
        time: *time,
    });
    let ours = times.first().copied().ok_or("nothing was timed")?;
    table.add(what, ours, other);
    Ok(())
}

fn write_large(path: &Path) -> Result<(), Failure> {
    let mut noise = Noise::new(1);
    let mut file = File::create(path)?;
    let mut piece = vec![0; 1 << 20];
    for _ in 0..LARGE_BYTES / piece.len() {
        noise.fill(&mut piece);
        file.write_all(&piece)?;
    }
    Ok(())
}
