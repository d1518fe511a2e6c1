//! Removing one blob, because somebody says so.

use attest_core::digest::Digest;

use super::policy::Contents as _;
use super::{Collector, GcError, before, mark};
use crate::blob::IDLE;

/// What became of a blob that was to be removed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Removal {
    Removed,
    Absent,
    /// An execution that has not ended needs it.
    Needed {
        execution: String,
    },
    /// It was used within the last hour, and an execution that has not ended may be about to count on it.
    Recent {
        execution: String,
    },
}

impl Collector {
    /// Removes a blob, also one that was just uploaded, unless an execution that has not ended needs it or may.
    ///
    /// No execution may be accepted meanwhile.
    pub(crate) async fn remove(&self, digest: Digest) -> Result<Removal, GcError> {
        let now = self.host.now();
        let in_use = self.store.read(mark::in_use).await?;
        let blobs = self.blobs.clone();
        let removed = tokio::task::spawn_blocking(move || {
            let mut contents = mark::Stored(&blobs);
            for (execution, root) in &in_use {
                if contents.of(root)?.contains(&digest) {
                    let execution = execution.clone();
                    return Ok(match blobs.contains(&digest) {
                        true => Removal::Needed { execution },
                        false => Removal::Absent,
                    });
                }
            }
            let removed = match in_use.first() {
                None => blobs.remove(&digest)?,
                // What a step just left, or found in the cache, is named by no row yet.
                Some((execution, _)) => match blobs.remove_if_idle(&digest, before(now, IDLE))? {
                    None if blobs.contains(&digest) => {
                        let execution = execution.clone();
                        return Ok(Removal::Recent { execution });
                    }
                    removed => removed,
                },
            };
            Ok(removed.map_or(Removal::Absent, |_| Removal::Removed))
        });
        removed.await?
    }
}
