//! What an execution's finished steps left, read back for those who ask.

use std::collections::HashMap;

use attest_core::v1;

use super::run::decode;
use crate::blob::BlobStore;
use crate::record::RecordError;
use crate::store::steps;
use crate::tree::Entry;

/// The outputs of an execution.
pub(crate) struct Artifacts {
    /// By step in the order of the definition, then by path.
    pub(crate) listed: Vec<v1::Artifact>,
    /// The text of each symbolic link, by step and path: it is no blob.
    pub(crate) link_texts: HashMap<(String, String), String>,
}

/// `names` are the steps' names by position. Blocks.
pub(crate) fn artifacts(
    names: &[String],
    rows: &[steps::Stored],
    blobs: &BlobStore,
) -> Result<Artifacts, RecordError> {
    let mut found = Artifacts {
        listed: Vec::new(),
        link_texts: HashMap::new(),
    };
    for row in rows {
        let (Some(record), Some(step)) = (&row.record, names.get(row.position)) else {
            continue;
        };
        let outputs = decode(record)?.outputs(blobs)?;
        for line in &outputs.manifest {
            let mut executable_file = false;
            let size_bytes = match outputs.tree.get(&line.path) {
                Some(Entry::File {
                    size, executable, ..
                }) => {
                    executable_file = *executable;
                    Some(*size)
                }
                Some(Entry::Symlink { target }) => {
                    found
                        .link_texts
                        .insert((step.clone(), line.path.clone()), target.clone());
                    u64::try_from(target.len()).ok()
                }
                Some(Entry::Directory) | None => None,
            };
            found.listed.push(v1::Artifact {
                step: step.clone(),
                path: line.path.clone(),
                kind: if line.symlink { "symlink" } else { "file" }.to_owned(),
                size_bytes,
                digest: line.digest.to_string(),
                executable: executable_file,
            });
        }
    }
    Ok(found)
}
