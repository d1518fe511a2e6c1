//! Directories without a file in them: a receipt has no artifact for one, and says of it all the same that it is there.

use std::collections::{BTreeMap, BTreeSet};

use super::RestoreError;
use super::item::Item;
use super::path::{self, normal};
use crate::receipt::{Body, Provenance};

/// A declared output that is a directory without a file or link in it.
///
/// ```
/// use attest_core::restore::{Directory, plan};
/// # use attest_core::receipt::Receipt;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let mut body = Receipt::parse(bytes)?.body().clone();
/// # body.provenance.as_mut().unwrap().steps[0].outputs.push("out/logs/".to_owned());
/// // The step `build` declares `out/logs/`, and the receipt has no artifact there.
/// let plan = plan(&body, "exec_hello", &[])?;
/// let logs = Directory { step: "build".to_owned(), path: "out/logs".to_owned() };
/// assert_eq!(plan.directories, [logs]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// The step that made it.
    pub step: String,
    /// Where it belongs: relative, normalised.
    pub path: String,
}

/// The outputs of the steps that ran, all of which succeeded, at and under which nothing is attested: there was something,
/// for a step whose output is missing fails, and it was neither a file nor a link, which would be attested.
///
/// A directory in a declared one that holds no file does not count for a step's hash, and is not known of.
pub(super) fn directories(
    body: &Body,
    provenance: &Provenance,
    items: &BTreeMap<String, Item>,
) -> Result<Vec<Directory>, RestoreError> {
    let ran: BTreeSet<&str> = body.steps.iter().map(|step| &*step.name).collect();
    let planned = provenance.steps.iter();
    let mut found = BTreeMap::new();
    for step in planned.filter(|step| ran.contains(&*step.name)) {
        for output in &step.outputs {
            let path = normal(output);
            // The whole workspace is there in any case.
            if path.is_empty() || is_occupied(items, &path) {
                continue;
            }
            check(output, &path, items).map_err(|why| RestoreError::Output {
                step: step.name.clone(),
                path: output.clone(),
                why,
            })?;
            found.entry(path).or_insert_with(|| step.name.clone());
        }
    }
    let directory = |(path, step)| Directory { step, path };
    Ok(found.into_iter().map(directory).collect())
}

fn is_occupied(items: &BTreeMap<String, Item>, path: &str) -> bool {
    let below = format!("{path}/");
    let mut after = items.range(below.clone()..);
    items.contains_key(path)
        || after
            .next()
            .is_some_and(|(next, _)| next.starts_with(&below))
}

fn check(spelled: &str, path: &str, items: &BTreeMap<String, Item>) -> Result<(), String> {
    if spelled.starts_with('/') {
        return Err("a path that is not relative".to_owned());
    }
    path::check(path)?;
    match path::above(path).find(|above| items.contains_key(*above)) {
        Some(above) => Err(format!("{above:?} is a file or a link")),
        None => Ok(()),
    }
}
