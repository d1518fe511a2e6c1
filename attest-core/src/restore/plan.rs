//! What of a receipt is written.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::RestoreError;
use super::empty::{self, Directory};
use super::item::{Item, Kind};
use super::path::{self, is_in, normal};
use crate::digest::Digest;
use crate::manifest::{self, Line, Manifest};
use crate::receipt::{Artifact, Body, PlannedStep, Provenance};
use crate::v1;

/// What is put into a directory.
///
/// ```
/// use attest_core::restore::plan;
/// # use attest_core::receipt::Receipt;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = Receipt::parse(bytes)?; // verified before
/// let plan = plan(receipt.body(), "exec_hello", &[])?;
/// assert_eq!((plan.items.len(), plan.directories.len()), (1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Files and links, in the order of their paths.
    pub items: Vec<Item>,
    /// Declared outputs that are directories without a file in them, in the order of their paths.
    pub directories: Vec<Directory>,
}

/// What the receipt of this execution attests. `listing` is what the server lists: it tells modes, and which files a
/// directory holds that the receipt attests as a whole.
///
/// The receipt has to be verified already.
///
/// # Errors
/// [`RestoreError::Receipt`] for a run that did not succeed or is another one, [`RestoreError::Artifact`] and
/// [`RestoreError::Output`] for the first artifact or output that could do harm: nothing is taken from such a receipt.
pub fn plan(
    body: &Body,
    execution_id: &str,
    listing: &[v1::Artifact],
) -> Result<Plan, RestoreError> {
    let provenance = succeeded(body, execution_id)?;
    let listing = Listing::of(listing);
    let mut items: BTreeMap<String, Item> = BTreeMap::new();
    for artifact in &provenance.artifacts {
        let refuse = |why: String| RestoreError::Artifact {
            step: artifact.step.clone(),
            path: artifact.path.clone(),
            why,
        };
        for item in taken(artifact, provenance, &listing).map_err(refuse)? {
            // Of a step whose outputs lie in each other, one file is attested with both.
            let known = items.get(&item.path).filter(|other| **other != item);
            if let Some(other) = known {
                let why = format!("step {:?} has the same path {:?}", other.step, other.path);
                return Err(refuse(why));
            }
            items.insert(item.path.clone(), item);
        }
    }
    refuse_nesting(&items)?;
    Ok(Plan {
        directories: empty::directories(body, provenance, &items)?,
        items: items.into_values().collect(),
    })
}

fn succeeded<'a>(body: &'a Body, execution_id: &str) -> Result<&'a Provenance, RestoreError> {
    let refuse = |why: String| Err(RestoreError::Receipt(why));
    if let Some(step) = body.steps.iter().find(|step| step.exit_code != 0) {
        return refuse(format!(
            "its step {:?} ended with exit code {}",
            step.name, step.exit_code
        ));
    }
    let Some(provenance) = &body.provenance else {
        return refuse("it names no artifacts".to_owned());
    };
    match provenance.invocation_id.as_deref() {
        Some(id) if id == execution_id => Ok(provenance),
        other => refuse(format!(
            "it is of execution {:?}, not of {execution_id:?}",
            other.unwrap_or_default()
        )),
    }
}

/// What the server lists, and each by its step and path.
struct Listing<'a> {
    all: &'a [v1::Artifact],
    by_place: HashMap<(&'a str, &'a str), &'a v1::Artifact>,
}

impl<'a> Listing<'a> {
    fn of(all: &'a [v1::Artifact]) -> Self {
        let place = |listed: &'a v1::Artifact| ((&*listed.step, &*listed.path), listed);
        Self {
            all,
            by_place: all.iter().map(place).collect(),
        }
    }
}

/// The files and links that one artifact stands for.
fn taken(
    artifact: &Artifact,
    provenance: &Provenance,
    listing: &Listing<'_>,
) -> Result<Vec<Item>, String> {
    let step = provenance
        .steps
        .iter()
        .find(|step| step.name == artifact.step);
    let step = step.ok_or("the pipeline has no such step")?;
    let outputs: Arc<[String]> = step.outputs.iter().map(|path| normal(path)).collect();
    let digest = *artifact.digest.valid().ok_or("its digest is none")?;
    if artifact.algorithm != Artifact::BLAKE3 {
        return Err(format!("its digest is of {:?}", artifact.algorithm));
    }
    let item = |path: &str, kind, digest, size| {
        path::check(path)?;
        if !outputs.iter().any(|output| is_in(path, output)) {
            return Err("it lies under no declared output of its step".to_owned());
        }
        Ok(Item {
            step: artifact.step.clone(),
            path: path.to_owned(),
            kind,
            digest,
            size,
            outputs: outputs.clone(),
        })
    };
    let listed = listing
        .by_place
        .get(&(&*artifact.step, &*artifact.path))
        .filter(|listed| listed.kind == artifact.kind);
    let size = listed.and_then(|listed| listed.size_bytes);
    match artifact.kind.as_str() {
        Artifact::FILE => {
            let executable = listed.is_some_and(|listed| listed.executable);
            let kind = Kind::File { executable };
            Ok(vec![item(&artifact.path, kind, digest, size)?])
        }
        Artifact::SYMLINK => Ok(vec![item(&artifact.path, Kind::Symlink, digest, size)?]),
        Artifact::DIRECTORY => {
            let directory = normal(&artifact.path);
            within(step, &directory, digest, listing.all)?
                .into_iter()
                .map(|(listed, line)| {
                    let kind = match line.kind {
                        manifest::Kind::File => Kind::File {
                            executable: listed.executable,
                        },
                        manifest::Kind::Symlink => Kind::Symlink,
                    };
                    item(&line.path, kind, line.digest, listed.size_bytes)
                })
                .collect()
        }
        other => Err(format!("nothing is known of the kind {other:?}")),
    }
}

/// What the server lists under a directory that the receipt attests as a whole: exactly what is attested, or nothing.
fn within<'a>(
    step: &PlannedStep,
    directory: &str,
    attested: Digest,
    listing: &'a [v1::Artifact],
) -> Result<Vec<(&'a v1::Artifact, Line)>, String> {
    let mut found = Vec::new();
    for listed in listing {
        if listed.step != step.name || !is_in(&listed.path, directory) {
            continue;
        }
        let bad = |what: &str| format!("the server lists {:?} in it with {what}", listed.path);
        let kind = match listed.kind.as_str() {
            Artifact::FILE => manifest::Kind::File,
            Artifact::SYMLINK => manifest::Kind::Symlink,
            _ => return Err(bad("an unknown kind")),
        };
        // A line break would be read as another line of the manifest.
        path::check(&listed.path).map_err(|why| bad(&why))?;
        let digest = Digest::parse_prefixed(&listed.digest).map_err(|_| bad("no digest"))?;
        let line = Line {
            path: listed.path.clone(),
            kind,
            digest,
        };
        found.push((listed, line));
    }
    found.sort_by(|(_, a), (_, b)| a.path.cmp(&b.path));
    let lines = found.iter().map(|(_, line)| line.clone()).collect();
    let listed = Manifest { run: None, lines }.digest();
    if listed != attested {
        return Err(format!(
            "what the server lists in it is {listed}, the receipt attests {attested}"
        ));
    }
    Ok(found)
}

/// No path lies below a file or a link.
fn refuse_nesting(items: &BTreeMap<String, Item>) -> Result<(), RestoreError> {
    for item in items.values() {
        if let Some(above) = path::above(&item.path).find(|above| items.contains_key(*above)) {
            return Err(RestoreError::Artifact {
                step: item.step.clone(),
                path: item.path.clone(),
                why: format!("{above:?} is a file or a link"),
            });
        }
    }
    Ok(())
}
