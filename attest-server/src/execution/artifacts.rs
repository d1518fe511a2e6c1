//! What an execution's finished steps left, read back for those who ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use attest_core::digest::Digest;
use attest_core::v1;

use super::attempt::decode;
use crate::blob::BlobStore;
use crate::record::{Record, RecordError};
use crate::store::steps;
use crate::tree::Entry;

/// The outputs of an execution.
pub(crate) struct Artifacts {
    /// By step in the order of the definition, then by path.
    pub(crate) listed: Vec<v1::Artifact>,
    /// The text of each symbolic link, by step and path: it is no blob.
    pub(crate) link_texts: HashMap<(String, String), String>,
    /// Where in the list a path is, by its path: more than once where steps of a failed run wrote it.
    places: HashMap<String, Vec<usize>>,
}

impl Artifacts {
    /// The first artifact at this path, of this step where one is named.
    pub(crate) fn find(&self, path: &str, step: Option<&str>) -> Option<&v1::Artifact> {
        let places = self.places.get(path)?.iter();
        places
            .filter_map(|place| self.listed.get(*place))
            .find(|artifact| step.is_none_or(|step| step == artifact.step))
    }
}

/// The outputs that were asked for last: whoever fetches thousands of files one by one asks for the same ones each time,
/// and reading their description is what takes long.
#[derive(Default)]
pub(crate) struct LastAsked(Mutex<Option<(Key, Arc<Artifacts>)>>);

/// Each step with the blob of its outputs: the same key, the same outputs.
type Key = Vec<(String, Digest)>;

impl LastAsked {
    /// `names` are the steps' names by position. Blocks.
    pub(crate) fn artifacts(
        &self,
        names: &[String],
        rows: &[steps::Stored],
        blobs: &BlobStore,
    ) -> Result<Arc<Artifacts>, RecordError> {
        let mut records = Vec::new();
        for row in rows {
            if let (Some(record), Some(step)) = (&row.record, names.get(row.position)) {
                records.push((step.clone(), decode(record)?));
            }
        }
        let key: Key = records
            .iter()
            .map(|(step, record)| (step.clone(), record.outputs))
            .collect();
        let last = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some((known, found)) = last
            && known == key
            && key.iter().all(|(_, outputs)| blobs.contains(outputs))
        {
            return Ok(found);
        }
        let found = Arc::new(read(&records, blobs)?);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((key, found.clone()));
        Ok(found)
    }
}

fn read(records: &[(String, Record)], blobs: &BlobStore) -> Result<Artifacts, RecordError> {
    let mut found = Artifacts {
        listed: Vec::new(),
        link_texts: HashMap::new(),
        places: HashMap::new(),
    };
    for (step, record) in records {
        let outputs = record.outputs(blobs)?;
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
            let place = found.listed.len();
            found
                .places
                .entry(line.path.clone())
                .or_default()
                .push(place);
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
