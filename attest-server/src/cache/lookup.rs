//! Reading an entry back, trusting none of it.
//!
//! An entry is used only where its record decodes and says success, its outputs agree with the digest that the receipt
//! will state, and every file of theirs is in the store with the content its name says. Anything else is a miss. Each
//! blob is leased before it is read, so that it is still there once the step's own row names it.

use attest_core::digest::Digest;
use attest_core::manifest::{Kind, Line, Manifest};

use crate::blob::{BlobError, BlobStore};
use crate::record::{OutputLine, Outputs, Record, RecordError};
use crate::tree::{Digested, Entry};

/// An entry that may be used.
pub(crate) struct Restored {
    pub(crate) record: Record,
    pub(crate) left: Digested,
    /// Bytes that were read and hashed.
    pub(crate) verified: u64,
}

/// Why an entry is not used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error("the entry contradicts itself: {0}")]
    Contradiction(&'static str),
}

impl Refusal {
    /// Whether the entry will never be of use again. Otherwise the machine failed, and a later look may succeed.
    pub(crate) fn is_for_good(&self) -> bool {
        match self {
            Self::Record(error) => error.is_damage(),
            Self::Contradiction(_) => true,
        }
    }
}

/// Reads back what a step left. `record` is the entry's text. Blocks: it reads every file of the outputs.
pub(crate) fn restore(record: &str, blobs: &BlobStore) -> Result<Restored, Refusal> {
    let record: Record = serde_json::from_str(record).map_err(RecordError::from)?;
    if !record.is_success() {
        return Err(Refusal::Contradiction("its step did not succeed"));
    }
    lease(blobs, &record.outputs)?;
    let outputs = record.outputs(blobs)?;
    let lines: Vec<Line> = outputs.manifest.iter().map(OutputLine::line).collect();
    let manifest = Manifest { run: None, lines };
    if manifest.digest() != record.output_hash {
        return Err(Refusal::Contradiction(
            "its outputs do not have the digest its receipt would state",
        ));
    }
    if !agree(&manifest.lines, &outputs) {
        return Err(Refusal::Contradiction("its files are not those it lists"));
    }
    let mut verified = 0;
    for line in &manifest.lines {
        if line.kind == Kind::File {
            lease(blobs, &line.digest)?;
            verified += blobs
                .copy_to(&line.digest, &mut std::io::sink())
                .map_err(RecordError::from)?;
        }
    }
    Ok(Restored {
        record,
        left: outputs.tree.into(),
        verified,
    })
}

fn lease(blobs: &BlobStore, digest: &Digest) -> Result<(), BlobError> {
    blobs
        .lease(digest)
        .map(drop)
        .ok_or(BlobError::Missing(*digest))
}

/// Whether the tree that dependent steps see holds what the manifest lists, and nothing else but empty directories.
fn agree(lines: &[Line], outputs: &Outputs) -> bool {
    let listed = lines.iter().all(|line| match outputs.tree.get(&line.path) {
        Some(Entry::File { digest, .. }) => line.kind == Kind::File && *digest == line.digest,
        Some(Entry::Symlink { target }) => {
            line.kind == Kind::Symlink && Digest::of(target.as_bytes()) == line.digest
        }
        Some(Entry::Directory) | None => false,
    });
    let files = outputs
        .tree
        .iter()
        .filter(|(_, entry)| **entry != Entry::Directory);
    listed && files.count() == lines.len()
}

impl From<BlobError> for Refusal {
    fn from(error: BlobError) -> Self {
        Self::Record(error.into())
    }
}
