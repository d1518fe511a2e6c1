//! What is kept of a finished step: for its receipt, for the steps that see its outputs, for a further attempt, and for
//! every later step that is the same.

use attest_core::digest::Digest;
use attest_core::manifest::{Kind, Line};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::blob::{BlobError, BlobStore};
use crate::step::StepOutcome;
use crate::tree::{Digested, Tree};

/// The largest outputs document that is read back, bytes: some millions of files.
const OUTPUTS_LIMIT: u64 = 1 << 30;

/// A finished step, stored as JSON in its row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) exit_code: Option<i32>,
    /// Why the engine, and not the step, ended or failed it.
    pub(crate) reason: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) cache_hit: bool,
    pub(crate) duration_secs: u64,
    /// Order of failures: when it ended, in microseconds.
    pub(crate) ended_at: i64,
    pub(crate) input_hash: Digest,
    pub(crate) output_hash: Digest,
    /// The blob that holds [`Outputs`] as JSON.
    pub(crate) outputs: Digest,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// What a step left, in a blob of its own: it may be long.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Outputs {
    pub(crate) tree: Tree,
    pub(crate) manifest: Vec<OutputLine>,
}

/// A line of the output manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutputLine {
    pub(crate) path: String,
    pub(crate) symlink: bool,
    pub(crate) digest: Digest,
}

impl Record {
    /// Stores the outputs' description and makes everything of the step durable. Blocks.
    pub(crate) fn store(
        outcome: StepOutcome,
        blobs: &BlobStore,
    ) -> Result<(Self, Digested), BlobError> {
        let manifest = outcome.output_manifest.iter().map(|line| OutputLine {
            path: line.path.clone(),
            symlink: line.kind == Kind::Symlink,
            digest: line.digest,
        });
        let outputs = Outputs {
            tree: outcome.output_tree,
            manifest: manifest.collect(),
        };
        // Maps with text keys and plain values: nothing in it that serde_json could refuse.
        let digest = blobs.put_bytes(&serde_json::to_vec(&outputs).unwrap_or_default())?;
        blobs.sync()?;
        let record = Self {
            exit_code: outcome.exit_code,
            reason: outcome.reason.map(|reason| reason.word().to_owned()),
            message: outcome.message,
            cache_hit: false,
            duration_secs: outcome.duration.as_secs(),
            ended_at: outcome.completed_at.timestamp_micros(),
            input_hash: outcome.input_hash,
            output_hash: outcome.output_hash,
            outputs: digest,
            stdout: outcome.stdout,
            stderr: outcome.stderr,
        };
        Ok((record, outputs.tree.into()))
    }

    /// The same step, served from the cache: it took no time.
    pub(crate) fn of_hit(self, now: DateTime<Utc>) -> Self {
        Self {
            cache_hit: true,
            duration_secs: 0,
            ended_at: now.timestamp_micros(),
            ..self
        }
    }

    pub(crate) fn is_success(&self) -> bool {
        self.exit_code == Some(0)
    }

    /// Reads the outputs' description back. Blocks.
    pub(crate) fn outputs(&self, blobs: &BlobStore) -> Result<Outputs, RecordError> {
        Ok(serde_json::from_slice(
            &blobs.read(&self.outputs, OUTPUTS_LIMIT)?,
        )?)
    }
}

impl OutputLine {
    pub(crate) fn line(&self) -> Line {
        Line {
            path: self.path.clone(),
            kind: if self.symlink {
                Kind::Symlink
            } else {
                Kind::File
            },
            digest: self.digest,
        }
    }
}

/// Why a stored step or source cannot be read back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordError {
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error("a stored record cannot be read: {0}")]
    Decode(#[from] serde_json::Error),
}

impl RecordError {
    /// Whether what was stored is gone for good, so that trying again is in vain.
    pub(crate) fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Decode(_) | Self::Blob(BlobError::Missing(_) | BlobError::Corrupt(_))
        )
    }
}
