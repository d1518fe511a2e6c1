//! Reading what is held: the rows that name roots, and the roots that name blobs.

use std::collections::HashMap;

use attest_core::digest::Digest;
use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::GcError;
use super::policy::{Contents, Holder, Root};
use crate::blob::{BlobError, BlobStore};
use crate::execution::holdings;
use crate::store::gc::Of;
use crate::store::{self, StoreError};
use crate::tree::{Entry, Tree};

/// The largest description of a tree that is read, bytes.
const ROOT_LIMIT: u64 = 1 << 30;

/// Everybody who holds something.
#[derive(Default)]
pub(super) struct Holders {
    /// Of executions that have not ended, by the execution's id.
    pub(super) in_use: Vec<(String, Root)>,
    pub(super) others: Vec<Holder<store::gc::Row>>,
}

/// All of them, in one look at the database.
pub(super) fn holders(connection: &Connection) -> Result<Holders, StoreError> {
    let mut found = of_executions(connection, Of::All)?;
    store::gc::each_cache_entry(connection, |row, record, used| {
        // An entry that cannot be read holds nothing, and goes when it is next looked up.
        if let Ok(outputs) = outputs(record) {
            found.others.push(Holder {
                root: Root::Outputs(outputs),
                used,
                row: Some(row),
            });
        }
        Ok(())
    })?;
    store::gc::each_source(connection, |row, blob, used| {
        found.others.push(Holder {
            root: Root::Source(blob),
            used,
            row: Some(row),
        });
        Ok(())
    })?;
    Ok(found)
}

/// What executions that have not ended need, each with the execution's id.
pub(super) fn in_use(connection: &Connection) -> Result<Vec<(String, Root)>, StoreError> {
    Ok(of_executions(connection, Of::Unfinished)?.in_use)
}

fn of_executions(connection: &Connection, of: Of) -> Result<Holders, StoreError> {
    let mut found = Holders::default();
    // Many executions run on the same source and leave the same outputs: of those that ended, the last counts.
    let mut ended: HashMap<Root, DateTime<Utc>> = HashMap::new();
    let mut add = |execution: &store::gc::Execution, root: Root| match execution.completed_at {
        None => found.in_use.push((execution.id.clone(), root)),
        Some(at) => {
            let used = ended.entry(root).or_insert(at);
            *used = at.max(*used);
        }
    };
    store::gc::each_plan(connection, of, |execution, plan| {
        let source =
            holdings::source_of(plan).map_err(|error| StoreError::decode("plan", error))?;
        add(execution, Root::Source(source));
        Ok(())
    })?;
    store::gc::each_record(connection, of, |execution, record| {
        add(execution, Root::Outputs(outputs(record)?));
        Ok(())
    })?;
    found
        .others
        .extend(ended.into_iter().map(|(root, used)| Holder {
            root,
            used,
            row: None,
        }));
    Ok(found)
}

fn outputs(record: &str) -> Result<Digest, StoreError> {
    holdings::outputs_of(record).map_err(|error| StoreError::decode("record", error))
}

/// The blobs, asked what roots name.
pub(super) struct Stored<'a>(pub(super) &'a BlobStore);

impl Contents for Stored<'_> {
    type Error = GcError;

    fn of(&mut self, root: &Root) -> Result<Vec<Digest>, GcError> {
        let digest = *root.digest();
        let json = match self.0.read(&digest, ROOT_LIMIT) {
            Ok(json) => json,
            // What it named is then nobody's by this root. An error of the system's must not be taken for that.
            Err(BlobError::Missing(_) | BlobError::Corrupt(_)) => return Ok(vec![digest]),
            Err(error) => return Err(error.into()),
        };
        let tree = match root {
            Root::Source(_) => serde_json::from_slice::<Tree>(&json),
            Root::Outputs(_) => holdings::tree_of_outputs(&json),
        };
        let tree = tree.map_err(|error| GcError::Unreadable(digest, error))?;
        let files = tree.iter().filter_map(|(_, entry)| match entry {
            Entry::File { digest, .. } => Some(*digest),
            Entry::Symlink { .. } | Entry::Directory => None,
        });
        Ok(files.chain([digest]).collect())
    }

    fn size(&mut self, digest: &Digest) -> u64 {
        self.0.size(digest).unwrap_or(0)
    }
}
