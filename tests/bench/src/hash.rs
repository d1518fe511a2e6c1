//! Hashing files: the `attest hash` command beside `b3sum`, and beside the independent tool's command of the same name,
//! which makes the same manifest. Each as a process of its own, the files in the page cache.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use attest_tests::binary;

use crate::Failure;
use crate::peer::{Peers, run, said};
use crate::table::{Other, Table};
use crate::timing::{Runs, medians, whole};
use crate::work::{Noise, small_files};

const SMALL_FILES: usize = 10_000;
const LARGE_BYTES: usize = 1 << 30;

pub(crate) fn rows(table: &mut Table, runs: Runs, peers: &Peers) -> Result<(), Failure> {
    let dir = tempfile::tempdir()?;
    let dir = dir.path();
    let small = Work {
        dir,
        declared: "small",
        files: small_files(&dir.join("small"), SMALL_FILES, 1)?,
    };
    small.rows(table, "hash 10,000 files of 64 B to 4 KiB", runs, peers)?;

    let large = Work {
        dir,
        declared: "large",
        files: vec![dir.join("large")],
    };
    write_large(&dir.join("large"))?;
    large.rows(table, "hash a file of 1 GiB", runs, peers)
}

/// What is hashed.
struct Work<'a> {
    dir: &'a Path,
    declared: &'static str,
    files: Vec<PathBuf>,
}

impl Work<'_> {
    /// A row for each peer that is here.
    fn rows(
        &self,
        table: &mut Table,
        what: &str,
        runs: Runs,
        peers: &Peers,
    ) -> Result<(), Failure> {
        let ours = binary::attest();
        let mut names = Vec::new();
        let mut each = vec![whole(|| run(&mut self.manifest(&ours)))];
        if let Some(tool) = &peers.b3sum {
            names.push("b3sum");
            each.push(whole(|| {
                run(Command::new(&tool.path)
                    .current_dir(self.dir)
                    .args(&self.files))
            }));
        }
        if let Some(tool) = &peers.continuum {
            self.agree(&ours, &tool.path)?;
            names.push("attest hash of continuum-attest");
            each.push(whole(|| run(&mut self.manifest(&tool.path))));
        }
        let times = medians(runs, each)?;
        let (ours, others) = times.split_first().ok_or("nothing was timed")?;
        if others.is_empty() {
            table.add(what, *ours, None);
        }
        for (name, time) in names.into_iter().zip(others) {
            let other = Other {
                name: name.to_owned(),
                time: *time,
            };
            table.add(what, *ours, Some(other));
        }
        Ok(())
    }

    /// The output manifest of the files, hashed: the same words ask both commands for it.
    fn manifest(&self, attest: &Path) -> Command {
        let mut command = Command::new(attest);
        command
            .current_dir(self.dir)
            .args(["hash", "--output", self.declared]);
        command
    }

    /// It is the same work only if it has the same result.
    fn agree(&self, ours: &Path, theirs: &Path) -> Result<(), Failure> {
        let ours = said(&mut self.manifest(ours))?;
        let theirs = said(&mut self.manifest(theirs))?;
        if digest(&ours).is_none() || digest(&ours) != digest(&theirs) {
            let declared = self.declared;
            return Err(
                format!("{declared}: we hash it to {ours:?}, the peer to {theirs:?}").into(),
            );
        }
        Ok(())
    }
}

/// The digits of a digest, in either rendering.
fn digest(said: &str) -> Option<&str> {
    let word = said.split_whitespace().last()?;
    let digits = word.strip_prefix("blake3:").unwrap_or(word);
    (digits.len() == 64).then_some(digits)
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
